import { refusal } from '../../errors.ts'
import { text, type Form } from '../../forms.ts'

const dayMs = 86_400_000

/**
 * The three filters of a date: DateSent is a whole day in UTC, or a moment; `DateSent<` and `DateSent>` take in
 * the bound itself. What has no date is in no range.
 */
export function dateFilter(query: Form, name: string): (at: number | null) => boolean {
  const on = bound(query, name)
  const until = bound(query, `${name}<`)
  const since = bound(query, `${name}>`)
  if (on === undefined && until === undefined && since === undefined) return () => true
  return at => {
    if (at === null) return false
    const second = Math.floor(at / 1000) * 1000
    if (on !== undefined && (second < on.at || second >= on.at + on.length)) return false
    if (until !== undefined && second > until.at) return false
    return since === undefined || second >= since.at
  }
}

function bound(query: Form, name: string): { at: number; length: number } | undefined {
  const value = text(query, name)
  if (value === undefined || value === '') return undefined
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const at = Date.parse(isDay ? `${value}T00:00:00Z` : value)
  if (Number.isNaN(at)) throw refusal(20001, `${name} is a date or a time, got ${value}`)
  return { at, length: isDay ? dayMs : 1000 }
}
