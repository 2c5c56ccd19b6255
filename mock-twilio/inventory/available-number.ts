import { ranges, type AddressRequirements, type NumberRange, type NumberType } from './countries.ts'
import { areas, tollFreeAreaCodes, type Locality } from './north-america.ts'

/** What is known of a number from its digits alone: for a shop window, and for whoever buys it. */
export interface AvailableNumber {
  readonly phoneNumber: string
  readonly type: NumberType
  /** Null where the plan of the number is not in our tables. */
  readonly country: string | null
  readonly region: string | null
  readonly lata: string | null
  readonly locality: Locality | null
  /** The locality's name where nothing more is known of it. */
  readonly place: string | null
  readonly postalCode: string | null
  readonly capabilities: Capabilities
  readonly addressRequirements: AddressRequirements
  readonly papers: NumberRange['papers']
  readonly beta: boolean
}

export interface Capabilities {
  readonly voice: boolean
  readonly sms: boolean
  readonly mms: boolean
  readonly fax: boolean
}

const northAmerican = /^\+1(\d{3})(\d{3})(\d{4})$/
const everything: Capabilities = { voice: true, sms: true, mms: true, fax: false }
const tollFree: ReadonlySet<string> = new Set(tollFreeAreaCodes)

/** The same number always has the same nature. */
export function describeNumber(phoneNumber: string): AvailableNumber {
  const [, areaCode, exchange = ''] = northAmerican.exec(phoneNumber) ?? []
  if (areaCode === undefined) return describeElsewhere(phoneNumber)
  const chance = scramble(Number(areaCode + exchange))
  const common = { phoneNumber, addressRequirements: 'none', papers: null } as const
  if (tollFree.has(areaCode)) {
    return { ...common, ...nowhere, type: 'toll-free', country: 'US', capabilities: everything }
  }
  const area = areas.get(areaCode)
  if (area === undefined) {
    return { ...common, ...nowhere, type: 'local', capabilities: everything }
  }
  const locality = pick(area.localities, chance)
  return {
    ...common,
    type: 'local',
    country: area.country,
    region: area.region,
    lata: area.lata,
    locality,
    place: locality?.name ?? null,
    postalCode: pick(locality?.postalCodes ?? [], chance >>> 4),
    capabilities: exchange === '555' ? everything : localCapabilities(chance),
    beta: exchange !== '555' && (chance >>> 8) % 32 === 0
  }
}

/** Whether North America gives out such a number at all: no exchange begins with 0 or 1, is 555 or ends in 11. */
export function isAssignable(phoneNumber: string): boolean {
  const [, , exchange] = northAmerican.exec(phoneNumber) ?? []
  if (exchange === undefined) return true
  return exchange >= '200' && exchange !== '555' && !exchange.endsWith('11')
}

const nowhere = {
  country: null,
  region: null,
  lata: null,
  locality: null,
  place: null,
  postalCode: null,
  beta: false
} as const

/** Of numbers elsewhere that are not in our tables little is known, and nothing is asked. */
function describeElsewhere(phoneNumber: string): AvailableNumber {
  const range = ranges.find(
    ({ prefix, freeDigits }) =>
      phoneNumber.length === prefix.length + freeDigits && phoneNumber.startsWith(prefix)
  )
  return {
    ...nowhere,
    phoneNumber,
    type: range?.type ?? 'local',
    country: range?.country ?? null,
    place: range?.locality ?? null,
    capabilities: range === undefined ? everything : capabilitiesIn(range.capabilities),
    addressRequirements: range?.addressRequirements ?? 'none',
    papers: range?.papers ?? null
  }
}

function capabilitiesIn(letters: string): Capabilities {
  return {
    voice: letters.includes('v'),
    sms: letters.includes('s'),
    mms: letters.includes('m'),
    fax: false
  }
}

/** Nearly all exchanges text; one in sixteen only calls, another one takes no media. A few still fax. */
function localCapabilities(chance: number): Capabilities {
  const kind = chance % 16
  return {
    voice: true,
    sms: kind !== 0,
    mms: kind !== 0 && kind !== 1,
    fax: (chance >>> 12) % 4 === 0
  }
}

function pick<T>(values: readonly T[], chance: number): T | null {
  return values[(chance >>> 16) % values.length] ?? null
}

/** Spreads neighbouring exchanges (the finishing step of MurmurHash3). */
function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** Twilio names a North American number by its national form until somebody gives it a better name. */
export function nationalFormat(phoneNumber: string): string {
  const [, area, exchange, line] = northAmerican.exec(phoneNumber) ?? []
  return area === undefined ? phoneNumber : `(${area}) ${exchange}-${line}`
}
