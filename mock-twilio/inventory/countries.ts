/*
 * What is for sale outside the toll-free and local numbers of North America: per line a country, a kind of
 * number, where its national number begins and how long it is, what address Twilio asks the buyer for, whether
 * it asks for a regulatory bundle or for an identity, what the number can do (v voice, s SMS, m MMS), and where it lies.
 * A small likeness: Twilio sells more, and its regulatory demands change often.
 * https://www.twilio.com/en-us/guidelines/regulatory
 */
const table = `
AU local 28 9 any - v Sydney
AU local 38 9 any - v Melbourne
AU mobile 412 9 any - vs -
AU toll-free 1800 10 none - v -
BR local 114 10 local - v São Paulo
BR mobile 1191 11 local identity vs -
DE local 305 10 local bundle v Berlin
DE mobile 1573 11 local bundle vs -
DE toll-free 800 10 none - v -
ES local 911 9 local bundle v Madrid
ES toll-free 900 9 none - v -
FR local 17 9 local bundle v Paris
FR national 97 9 any bundle v -
FR mobile 644 9 any bundle vs -
FR toll-free 805 9 none - v -
GB local 207 10 any - v London
GB local 161 10 any - v Manchester
GB mobile 7400 10 none - vs -
GB national 330 10 none - v -
GB toll-free 800 10 none - v -
IE local 15 8 any - v Dublin
IE toll-free 1800 10 none - v -
JP local 35 9 any bundle v Tokyo
JP voip 505 10 any bundle v -
JP toll-free 120 9 none bundle v -
MX local 55 10 none - v Mexico City
MX toll-free 800 10 none - v -
NL local 20 9 local bundle v Amsterdam
NL mobile 611 9 any bundle vs -
NL machine-to-machine 97010 11 none - vs -
PL local 22 9 any - v Warsaw
PL mobile 732 9 any - vs -
PL shared-cost 801 9 any - v -
PL toll-free 800 9 none - v -
SE local 85 9 none - v Stockholm
SE mobile 766 9 none - vs -
`

export const numberTypes = [
  'local',
  'toll-free',
  'mobile',
  'national',
  'voip',
  'shared-cost',
  'machine-to-machine'
] as const

const requirements = ['none', 'any', 'local', 'foreign'] as const

export type NumberType = (typeof numberTypes)[number]
export type AddressRequirements = (typeof requirements)[number]

/** Numbers that begin alike and are alike in everything else. */
export interface NumberRange {
  readonly country: string
  readonly type: NumberType
  readonly callingCode: string
  /** From the plus sign on. */
  readonly prefix: string
  readonly freeDigits: number
  readonly addressRequirements: AddressRequirements
  readonly papers: 'bundle' | 'identity' | null
  readonly capabilities: string
  readonly locality: string | null
}

const callingCodes = new Map([
  ['AU', '61'],
  ['BR', '55'],
  ['DE', '49'],
  ['ES', '34'],
  ['FR', '33'],
  ['GB', '44'],
  ['IE', '353'],
  ['JP', '81'],
  ['MX', '52'],
  ['NL', '31'],
  ['PL', '48'],
  ['SE', '46']
])

export const ranges: readonly NumberRange[] = table.trim().split('\n').map(rangeIn)

export const countryNames: ReadonlyMap<string, string> = new Map([
  ['US', 'United States'],
  ['CA', 'Canada'],
  ['PR', 'Puerto Rico'],
  ['AU', 'Australia'],
  ['BR', 'Brazil'],
  ['DE', 'Germany'],
  ['ES', 'Spain'],
  ['FR', 'France'],
  ['GB', 'United Kingdom'],
  ['IE', 'Ireland'],
  ['JP', 'Japan'],
  ['MX', 'Mexico'],
  ['NL', 'Netherlands'],
  ['PL', 'Poland'],
  ['SE', 'Sweden']
])

/** Which kinds of number a country has, the usual ones first. */
export function typesOf(country: string): NumberType[] {
  if (country === 'US' || country === 'CA') return ['local', 'toll-free']
  if (country === 'PR') return ['local']
  return numberTypes.filter(type =>
    ranges.some(range => range.country === country && range.type === type)
  )
}

function rangeIn(line: string): NumberRange {
  const [country = '', typeName, start = '', length, addressing, papers, able = '', ...place] =
    line.split(' ')
  const type = numberTypes.find(known => known === typeName)
  const addressRequirements = requirements.find(known => known === addressing)
  if (type === undefined || addressRequirements === undefined) throw new Error(`a row: ${line}`)
  const locality = place.join(' ')
  const callingCode = callingCodes.get(country) ?? ''
  return {
    country,
    type,
    callingCode,
    prefix: `+${callingCode}${start}`,
    freeDigits: Number(length) - start.length,
    addressRequirements,
    papers: papers === 'bundle' || papers === 'identity' ? papers : null,
    capabilities: able,
    locality: locality === '-' ? null : locality
  }
}
