import { iso8601 } from './dates.ts'
import { refusal } from './errors.ts'
import { lookUpLikeGem, lookUpNumber, usualLineType, type NumberLookup } from './number-lookup.ts'
import type { LineType } from './seeds.ts'
import type { World } from './world.ts'

/*
 * What a lookup tells beyond the number itself, one package at a time. But for the line's type, which the world
 * decides, all of it is invented: drawn from the world's seed, the same again for the same number.
 * https://www.twilio.com/docs/lookup/v2-api
 */

type Package = Record<string, unknown>
export type LookupPackages = Partial<Record<KnownPackage, Package>>
export type KnownPackage = (typeof knownPackages)[number]

export const knownPackages = [
  'line_type_intelligence',
  'caller_name',
  'sim_swap',
  'call_forwarding',
  'line_status',
  'sms_pumping_risk'
] as const

/** They compare with what carriers and credit bureaus know of people. */
const notSimulated = new Set([
  'identity_match',
  'reassigned_number',
  'phone_number_quality_score',
  'pre_fill'
])

export function readPackages(names: readonly string[]): Set<KnownPackage> {
  const packages = new Set<KnownPackage>()
  for (const name of names) {
    if (name === 'validation') continue
    if (notSimulated.has(name)) throw refusal(60606, name)
    const known = knownPackages.find(candidate => candidate === name)
    if (known === undefined) {
      throw refusal(20001, `Fields names validation, ${knownPackages.join(', ')}; got ${name}`)
    }
    packages.add(known)
  }
  return packages
}

export interface LookupResult {
  lookup: NumberLookup
  packages: LookupPackages
}

/** Undefined for a number that the world wants not to be found. */
export function lookUp(
  world: World,
  spelling: string,
  countryCode: string,
  wanted: ReadonlySet<KnownPackage>
): LookupResult | undefined {
  const read = world.isGemCompatible ? lookUpLikeGem : lookUpNumber
  const lookup = read(spelling, countryCode)
  const number = lookup.valid ? lookup.number.number : lookup.phoneNumber
  if (world.lineTypes.get(number) === 'not_found') return undefined
  const lineType = lineTypeOf(world, number)
  world.journal.append({
    kind: 'lookup',
    number,
    valid: lookup.valid,
    line_type: lookup.valid && wanted.has('line_type_intelligence') ? lineType : undefined
  })
  if (!lookup.valid) return { lookup, packages: {} }
  const about = { number, lineType, country: lookup.number.country ?? '' }
  const packages: LookupPackages = {}
  for (const name of wanted) packages[name] = answers[name](world, about)
  return { lookup, packages }
}

function lineTypeOf(world: World, number: string): LineType {
  const override = world.lookupOverrides.get(number)?.lineType
  return override ?? originalLineType(world, number)
}

export function originalLineType(world: World, number: string): LineType {
  return world.lineTypes.get(number) ?? world.handsets.lineTypeOf(number) ?? usualLineType(number)
}

interface Subject {
  number: string
  lineType: LineType
  country: string
}

const answers: Record<KnownPackage, (world: World, subject: Subject) => Package> = {
  line_type_intelligence: lineTypePackage,
  caller_name: callerName,
  sim_swap: simSwap,
  call_forwarding: callForwarding,
  line_status: lineStatus,
  sms_pumping_risk: smsPumpingRisk
}

const carrier = { name: 'Mock carrier', countryCode: '310', networkCode: '410' }

/** Of these lines alone Twilio names a carrier. Ours is invented. */
const linesWithCarrier = new Set<LineType>(['mobile', 'landline', 'fixedVoip', 'nonFixedVoip'])

/** 60600 stands for a number that no carrier owns up to: https://www.twilio.com/docs/api/errors/60600 */
function lineTypePackage(world: World, { number, lineType: type }: Subject): Package {
  const carrierName = world.handsets.get(number)?.persona.carrier ?? carrier.name
  const isMobile = type === 'mobile'
  return {
    error_code: type === 'unknown' ? 60600 : null,
    mobile_country_code: isMobile ? carrier.countryCode : null,
    mobile_network_code: isMobile ? carrier.networkCode : null,
    carrier_name: linesWithCarrier.has(type) ? carrierName : null,
    type: type === 'unknown' ? null : type
  }
}

const firstNames = ['AVERY', 'JORDAN', 'MORGAN', 'RILEY', 'TAYLOR', 'QUINN', 'CASEY', 'REESE']
const lastNames = ['BAKER', 'CARTER', 'HAYES', 'MASON', 'PARKER', 'SAWYER', 'TURNER', 'WALKER']

/** Names are known of American numbers alone: https://www.twilio.com/docs/lookup/v2-api/caller-name */
function callerName(world: World, { number, country, lineType }: Subject): Package {
  if (country !== 'US') return { caller_name: null, caller_type: null, error_code: 60607 }
  if (lineType === 'unknown') return { caller_name: null, caller_type: null, error_code: 60600 }
  const random = world.randomFor(`caller-name/${number}`)
  const isBusiness = lineType === 'tollFree' || random.chance(0.2)
  const last = lastNames[random.between(0, lastNames.length - 1)] ?? ''
  const first = firstNames[random.between(0, firstNames.length - 1)] ?? ''
  return {
    caller_name: isBusiness ? `${last} & SONS` : `${last},${first}`,
    caller_type: isBusiness ? 'BUSINESS' : 'CONSUMER',
    error_code: null
  }
}

const dayMs = 86_400_000

/** https://www.twilio.com/docs/lookup/v2-api/sim-swap */
function simSwap(world: World, { number, lineType }: Subject): Package {
  if (lineType !== 'mobile') {
    return {
      last_sim_swap: null,
      carrier_name: null,
      mobile_country_code: null,
      mobile_network_code: null,
      error_code: 60612
    }
  }
  const random = world.randomFor(`sim-swap/${number}`)
  const daysAgo = random.between(0, 900)
  return {
    last_sim_swap: {
      last_sim_swap_date: iso8601(world.dateCreated - daysAgo * dayMs - 1000),
      swapped_period: 'PT24H',
      swapped_in_period: daysAgo === 0
    },
    carrier_name: carrier.name,
    mobile_country_code: carrier.countryCode,
    mobile_network_code: carrier.networkCode,
    error_code: null
  }
}

/** https://www.twilio.com/docs/lookup/v2-api/call-forwarding */
function callForwarding(world: World, { number, country, lineType }: Subject): Package {
  if (country !== 'GB') return { call_forwarding_enabled: null, error_code: 60607 }
  if (lineType !== 'mobile') return { call_forwarding_enabled: null, error_code: 60612 }
  const isForwarded = world.randomFor(`call-forwarding/${number}`).chance(0.1)
  return { call_forwarding_enabled: isForwarded, error_code: null }
}

/** https://www.twilio.com/docs/lookup/v2-api/line-status */
function lineStatus(world: World, { number, lineType }: Subject): Package {
  if (lineType === 'unknown') return { status: 'unknown', error_code: 60600 }
  if (lineType !== 'mobile') return { status: null, error_code: 60612 }
  const isReachable = world.randomFor(`line-status/${number}`).chance(0.9)
  return { status: isReachable ? 'active' : 'inactive', error_code: null }
}

/** https://www.twilio.com/docs/lookup/v2-api/sms-pumping-risk */
function smsPumpingRisk(world: World, { number }: Subject): Package {
  const score = world.randomFor(`sms-pumping-risk/${number}`).between(0, 60)
  return {
    carrier_risk_category: score < 30 ? 'low' : 'moderate',
    number_blocked: false,
    number_blocked_date: null,
    number_blocked_last_3_months: false,
    sms_pumping_risk_score: score,
    error_code: null
  }
}
