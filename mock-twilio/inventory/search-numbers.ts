import { Random } from '../../simulator/random.ts'
import { describeNumber, isAssignable, type AvailableNumber } from './available-number.ts'
import { ranges, type NumberType } from './countries.ts'
import { areas, tollFreeAreaCodes, type Area } from './north-america.ts'
import { covers, masksOf, type NumberPattern } from './number-pattern.ts'

/*
 * The shop window: numbers without end, in an order that the seed decides. They are not listed anywhere but
 * made from the blocks in our tables, each block through all its numbers without a repetition.
 */

export interface NumberSearch {
  country: string
  type: NumberType
  areaCode?: string | undefined
  pattern?: NumberPattern | undefined
  /** Whether a place may be in the answer: skips whole area codes. */
  admitsArea?: ((area: Area) => boolean) | undefined
  admits: (number: AvailableNumber) => boolean
}

/** A run of numbers that begin alike, and of which some further digits may be given. */
interface Lane {
  /** All digits, and `*` for those that are free. */
  mask: string
  size: number
  step: number
  start: number
}

/** After so many candidates in vain the search gives up: what is wanted does not exist, or is very rare. */
const patience = 50_000

export function* searchNumbers(seed: string, search: NumberSearch): Generator<AvailableNumber> {
  const lanes = lanesOf(seed, search)
  // Numbers that fit a pattern in two ways would come twice.
  const seen = search.pattern === undefined ? undefined : new Set<string>()
  let inVain = 0
  for (let round = 0; ; round++) {
    let isOver = true
    for (const lane of lanes) {
      if (round >= lane.size) continue
      isOver = false
      const phoneNumber = numberAt(lane, round)
      const number = isAssignable(phoneNumber) ? describeNumber(phoneNumber) : undefined
      if (number === undefined || !search.admits(number) || seen?.has(phoneNumber)) {
        if (++inVain > patience) return
        continue
      }
      inVain = 0
      seen?.add(phoneNumber)
      yield number
    }
    if (isOver) return
  }
}

function lanesOf(seed: string, search: NumberSearch): Lane[] {
  const lanes = [...blocksOf(search)].flatMap(({ prefix, freeDigits, callingCode }) => {
    const national = prefix.slice(1 + callingCode.length)
    const nationalLength = national.length + freeDigits
    const masks =
      search.pattern === undefined
        ? ['*'.repeat(nationalLength)]
        : masksOf(search.pattern, callingCode, nationalLength)
    return masks
      .filter(mask => covers(mask.slice(0, national.length), national))
      .map(mask => laneOf(seed, prefix + mask.slice(national.length)))
  })
  return shuffle(lanes, new Random(`${seed}/numbers/${search.country}/${search.type}`))
}

interface Block {
  prefix: string
  freeDigits: number
  callingCode: string
}

function* blocksOf({ country, type, areaCode, admitsArea }: NumberSearch): Generator<Block> {
  const northAmerican = { freeDigits: 7, callingCode: '1' }
  if (type === 'toll-free' && (country === 'US' || country === 'CA')) {
    for (const code of tollFreeAreaCodes) {
      if (areaCode === undefined || areaCode === code)
        yield { ...northAmerican, prefix: `+1${code}` }
    }
  }
  if (type === 'local') {
    for (const area of areas.values()) {
      const isWanted = areaCode === undefined || areaCode === area.areaCode
      if (area.country === country && isWanted && admitsArea?.(area) !== false) {
        yield { ...northAmerican, prefix: `+1${area.areaCode}` }
      }
    }
  }
  for (const range of ranges) {
    if (range.country === country && range.type === type) yield range
  }
}

/** A step that shares no factor with a power of ten leads through all numbers once. */
function laneOf(seed: string, mask: string): Lane {
  const free = mask.replace(/[^*]/g, '').length
  const size = 10 ** free
  const random = new Random(`${seed}/numbers/${mask}`)
  const step = Math.floor(random.fraction() * size * 0.1) * 10 + 3
  return { mask, size, step, start: Math.floor(random.fraction() * size) }
}

function numberAt({ mask, size, step, start }: Lane, index: number): string {
  const value = (start + step * index) % size
  const digits = String(value).padStart(10, '0')
  let used = digits.length
  let number = ''
  for (let at = mask.length - 1; at >= 0; at--) {
    number = (mask[at] === '*' ? digits[--used] : mask[at]) + number
  }
  return number
}

function shuffle<T>(values: T[], random: Random): T[] {
  for (let index = values.length - 1; index > 0; index--) {
    const other = random.between(0, index)
    const [a, b] = [values[index], values[other]]
    if (a !== undefined && b !== undefined) [values[index], values[other]] = [b, a]
  }
  return values
}
