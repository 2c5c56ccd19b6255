/*
 * Millions of phone numbers that are valid, and each known by its place. Line numbers below 1000 are left
 * out: mock-twilio makes handsets that end in 30003 and the like unreachable.
 */

const area = '+1601'
const linesOfExchange = 9_000
const exchanges = Array.from({ length: 800 }, (_, place) => place + 200).filter(
  exchange => exchange % 100 !== 11 && exchange !== 555
)
const placeOfExchange = new Map(exchanges.map((exchange, place) => [exchange, place]))

export const mostRecipients = exchanges.length * linesOfExchange

export function numberAt(place: number): string {
  const exchange = exchanges[Math.floor(place / linesOfExchange)]
  if (exchange === undefined) throw new RangeError(`There is no recipient ${place}`)
  return `${area}${exchange}${1_000 + (place % linesOfExchange)}`
}

/** The place of a number, -1 for one that is none of these. */
export function placeOf(number: string): number {
  if (!number.startsWith(area) || number.length !== 12) return -1
  const exchange = placeOfExchange.get(Number(number.slice(5, 8)))
  const line = Number(number.slice(8))
  if (exchange === undefined || !(line >= 1_000)) return -1
  return exchange * linesOfExchange + line - 1_000
}

/** Where the announcements of a load run come from; each number sends a thousand segments a second. */
export const announcementNumbers = Array.from({ length: 20 }, (_, place) => ({
  number: `+16015550${200 + place}`,
  sid: `PN000000000000000000000000000002${String(place).padStart(2, '0')}`
}))
export const segmentsPerSecond = 1_000
