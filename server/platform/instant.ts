import { isoTime } from './clock.ts'

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** Milliseconds of an ISO 8601 time with a zone; undefined for anything else, and for days that no month has. */
export function parseInstant(text: string): number | undefined {
  const ms = isoInstant.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) || !isOnCalendar(text) ? undefined : ms
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function isOnCalendar(text: string): boolean {
  const midnight = Date.parse(`${text.slice(0, 10)}T00:00:00Z`)
  return !Number.isNaN(midnight) && isoTime(midnight).startsWith(text.slice(0, 10))
}
