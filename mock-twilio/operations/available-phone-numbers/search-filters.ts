import { refusal } from '../../errors.ts'
import { flag, text, type Form } from '../../forms.ts'
import { describeNumber, type AvailableNumber } from '../../inventory/available-number.ts'
import { areas, type Area, type Locality } from '../../inventory/north-america.ts'
import { readPattern } from '../../inventory/number-pattern.ts'
import type { NumberSearch } from '../../inventory/search-numbers.ts'
import { isPhoneNumber } from '../../phone-number.ts'

/*
 * The filters of a search for numbers. Those that speak of places are for the United States and Canada, and are
 * passed over elsewhere; where they name a number, its place is meant.
 * https://www.twilio.com/docs/phone-numbers/api/availablephonenumberlocal-resource
 */

type Filter = (number: AvailableNumber) => boolean

export type Filters = Pick<NumberSearch, 'areaCode' | 'pattern' | 'admitsArea' | 'admits'>

export function readFilters(query: Form, country: string): Filters {
  const isNorthAmerican = country === 'US' || country === 'CA'
  const contains = text(query, 'Contains')
  const place = isNorthAmerican ? readPlace(query) : { ofArea: [], ofLocality: [], ofNumber: [] }
  const inLocality = isNorthAmerican ? [] : placeNamed(query)
  const admits: Filter[] = [
    ...capabilityFilters(query),
    ...requirementFilters(query),
    ...place.ofNumber,
    ...inLocality,
    ({ locality }) => place.ofLocality.every(filter => locality !== null && filter(locality))
  ]
  return {
    areaCode: readAreaCode(query, country),
    pattern: contains === undefined || contains === '' ? undefined : readPattern(contains),
    admitsArea: area =>
      place.ofArea.every(filter => filter(area)) &&
      area.localities.some(locality => place.ofLocality.every(filter => filter(locality))),
    admits: number => admits.every(filter => filter(number))
  }
}

function readAreaCode(query: Form, country: string): string | undefined {
  const areaCode = text(query, 'AreaCode')
  if (areaCode === undefined || areaCode === '') return undefined
  if (country !== 'US' && country !== 'CA') throw refusal(21457, country)
  if (!/^[2-9]\d{2}$/.test(areaCode)) throw refusal(21451, areaCode)
  return areaCode
}

function capabilityFilters(query: Form): Filter[] {
  const capabilities = ['Voice', 'Sms', 'Mms', 'Fax'] as const
  return capabilities.flatMap((name): Filter[] => {
    const wanted = flag(query, `${name}Enabled`)
    if (wanted === undefined) return []
    const key = { Voice: 'voice', Sms: 'sms', Mms: 'mms', Fax: 'fax' } as const
    return [({ capabilities }) => capabilities[key[name]] === wanted]
  })
}

function requirementFilters(query: Form): Filter[] {
  const filters: Filter[] = []
  if (flag(query, 'ExcludeAllAddressRequired')) {
    filters.push(({ addressRequirements }) => addressRequirements === 'none')
  }
  if (flag(query, 'ExcludeLocalAddressRequired')) {
    filters.push(({ addressRequirements }) => addressRequirements !== 'local')
  }
  if (flag(query, 'ExcludeForeignAddressRequired')) {
    filters.push(({ addressRequirements }) => addressRequirements !== 'foreign')
  }
  if (flag(query, 'Beta') === false) filters.push(({ beta }) => !beta)
  return filters
}

interface PlaceFilters {
  ofArea: ((area: Area) => boolean)[]
  ofLocality: ((locality: Locality) => boolean)[]
  ofNumber: Filter[]
}

function readPlace(query: Form): PlaceFilters {
  const region = placeOr(query, 'InRegion', number => number.region)
  const lata = placeOr(query, 'InLata', number => number.lata)
  const rateCenter = placeOr(query, 'InRateCenter', ({ locality }) => locality?.rateCenter)
  const locality = placeOr(query, 'InLocality', number => number.place)
  const postalCode = placeOr(query, 'InPostalCode', number => number.postalCode)
  if (rateCenter !== undefined && lata === undefined) {
    throw refusal(20001, 'InRateCenter needs InLata beside it')
  }
  const near = readNear(query)
  const ofArea: PlaceFilters['ofArea'] = []
  const ofLocality: PlaceFilters['ofLocality'] = []
  const ofNumber: Filter[] = []
  // A toll-free number lies nowhere, and is in none of these.
  if (region !== undefined) {
    ofArea.push(area => same(area.region, region))
    ofNumber.push(number => same(number.region, region))
  }
  if (lata !== undefined) {
    ofArea.push(area => area.lata === lata)
    ofNumber.push(number => number.lata === lata)
  }
  if (rateCenter !== undefined) ofLocality.push(place => same(place.rateCenter, rateCenter))
  if (locality !== undefined) ofLocality.push(place => same(place.name, locality))
  if (postalCode !== undefined) {
    ofLocality.push(place => place.postalCodes.some(code => same(code, postalCode)))
    ofNumber.push(number => same(number.postalCode, postalCode))
  }
  if (near !== undefined) {
    ofLocality.push(place => milesBetween(place, near.point) <= near.distance)
  }
  return { ofArea, ofLocality, ofNumber }
}

function placeNamed(query: Form): Filter[] {
  const locality = text(query, 'InLocality')
  return locality === undefined || locality === '' ? [] : [({ place }) => same(place, locality)]
}

/** What the filter says, or what is so of the number that it names. */
function placeOr(
  query: Form,
  name: string,
  placeOf: (number: AvailableNumber) => string | null | undefined
): string | undefined {
  const given = text(query, name)
  if (given === undefined || given === '') return undefined
  if (!/^\+1\d{10}$/.test(given)) return given
  const place = placeOf(describeNumber(given))
  if (place === undefined || place === null) throw refusal(21401, given)
  return place
}

interface Point {
  latitude: number
  longitude: number
}

function readNear(query: Form): { point: Point; distance: number } | undefined {
  const nearNumber = text(query, 'NearNumber') || undefined
  const nearLatLong = text(query, 'NearLatLong') || undefined
  const distance = readDistance(query)
  if (nearNumber !== undefined) return { point: pointOfNumber(nearNumber), distance }
  if (nearLatLong !== undefined) return { point: pointIn(nearLatLong), distance }
  return undefined
}

function readDistance(query: Form): number {
  const given = text(query, 'Distance') || '25'
  const distance = /^\d{1,3}$/.test(given) ? Number(given) : 0
  if (distance < 1 || distance > 500) {
    throw refusal(20001, `Distance is a number of miles from 1 to 500, got ${given}`)
  }
  return distance
}

function pointOfNumber(phoneNumber: string): Point {
  const isKnown = isPhoneNumber(phoneNumber) && areas.has(phoneNumber.slice(2, 5))
  const { locality } = describeNumber(phoneNumber)
  if (!isKnown || locality === null) throw refusal(21401, phoneNumber)
  return locality
}

function pointIn(pair: string): Point {
  const [, latitude, longitude] = /^(-?\d{1,2}(?:\.\d+)?), ?(-?\d{1,3}(?:\.\d+)?)$/.exec(pair) ?? []
  if (latitude === undefined || longitude === undefined || Math.abs(Number(longitude)) > 180) {
    throw refusal(20001, `NearLatLong is latitude,longitude like 37.84,-122.28, got ${pair}`)
  }
  return { latitude: Number(latitude), longitude: Number(longitude) }
}

const earthRadiusMiles = 3959

/** Along a great circle. */
function milesBetween(a: Point, b: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2
  const chord =
    half(b.latitude - a.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(b.longitude - a.longitude)
  return 2 * earthRadiusMiles * Math.asin(Math.sqrt(Math.min(1, chord)))
}

function same(a: string | null, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase()
}
