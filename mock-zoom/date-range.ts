import { dayMs, dayOf, startOfDay } from './dates.ts'
import { invalid, refusal } from './errors.ts'

export interface DateRange {
  /** Days. */
  from: string
  to: string
  /** The beginnings of both days. */
  since: number
  until: number
}

const mostDays = 31
const halfYearMs = 184 * dayMs

/**
 * A month at most, within the last six; today and yesterday where nothing is said. What lies more than a year
 * back has a code of its own.
 */
export function dateRangeIn(query: URLSearchParams, now: number): DateRange {
  const until = dayIn(query, 'to') ?? startOfDay(dayOf(now)) ?? now
  const since = dayIn(query, 'from') ?? until - dayMs
  if (since < now - 366 * dayMs) throw refusal('tooOld')
  if (since > until) {
    throw invalid({ field: 'from', message: 'The start date is after the end date.' })
  }
  if (until - since > mostDays * dayMs) {
    throw invalid({ field: 'from', message: 'The date range is one month at most.' })
  }
  if (since < now - halfYearMs) {
    throw invalid({ field: 'from', message: 'The date is within the last six months.' })
  }
  return { from: dayOf(since), to: dayOf(until), since, until }
}

function dayIn(query: URLSearchParams, field: string): number | undefined {
  const text = query.get(field)
  if (text === null || text === '') return undefined
  const day = startOfDay(text)
  if (day === undefined) throw invalid({ field, message: 'The format is yyyy-mm-dd.' })
  return day
}
