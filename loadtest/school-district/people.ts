import type { Random } from '../../simulator/random.ts'

/*
 * Whom a school district writes to: families with mobiles, and among them those that every list collects
 * over the years: landlines, numbers that belong to nobody any more, handsets that are never switched on.
 */

export interface Family {
  readonly phoneNumber: string
  readonly line: 'mobile' | 'landline' | 'wrong' | 'silent'
}

const areaCodes = ['601', '662', '769', '228']
/** Handsets whose number ends like this cannot be reached, for that reason; see mock-twilio/README.md. */
const endings = { landline: '30006', wrong: '30005', silent: '30003' } as const
const unreachable = Object.values(endings)

export function aDistrict(families: number, random: Random): Family[] {
  const taken = new Set<string>()
  return Array.from({ length: families }, () => {
    const line = lineOf(random.fraction())
    for (;;) {
      const phoneNumber = aNumber(line, random)
      if (taken.has(phoneNumber)) continue
      if (line === 'mobile' && unreachable.some(ending => phoneNumber.endsWith(ending))) continue
      taken.add(phoneNumber)
      return { phoneNumber, line }
    }
  })
}

function lineOf(fraction: number): Family['line'] {
  if (fraction < 0.008) return 'landline'
  if (fraction < 0.014) return 'wrong'
  return fraction < 0.02 ? 'silent' : 'mobile'
}

function aNumber(line: Family['line'], random: Random): string {
  const area = areaCodes[random.between(0, areaCodes.length - 1)]
  const exchange = random.between(20, 99)
  const rest =
    line === 'mobile' ? String(random.between(0, 99_999)).padStart(5, '0') : endings[line]
  return `+1${area}${exchange}${rest}`
}

/** What parents write, and how often in a hundred texts. */
const texts: readonly (readonly [number, string])[] = [
  [40, 'Thank you'],
  [20, 'Who is this?'],
  [12, 'She will be late today'],
  [10, 'ok 👍'],
  [
    5,
    'Is there school tomorrow? We live far outside, and the road has been closed since the storm.'
  ],
  [4, 'HELP'],
  [5, 'STOP'],
  [2, 'please stop'],
  [2, 'Unsubscribe']
]

export function whatAParentWrites(random: Random): string {
  let left = random.between(1, 100)
  for (const [share, text] of texts) {
    left -= share
    if (left <= 0) return text
  }
  return 'Thank you'
}
