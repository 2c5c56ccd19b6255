import type { Severity } from '../../simulator/alerts.ts'

/** What Twilio's error pages mark as a warning, among what a message can meet. */
const warnings = new Set([11770, 12200])

export function severityOf(code: number): Severity {
  return warnings.has(code) ? 'warning' : 'error'
}
