import type { CallRow } from './call-row.ts'
import { type CallStatus, failureOf, isOver, meaningOf, move } from './lifecycle.ts'

/** What the provider says of a call, in a callback or when it is asked. */
export interface CallReport {
  sid: string
  status: string
  answeredBy: string | null
}

/** The provider's steps of a call that is not over, in their order. */
const steps = ['queued', 'initiated', 'ringing', 'in-progress']

/** Changes a call by what the provider says of it. `told`: its client hears of the change. */
export function applyCallReport(
  row: CallRow,
  report: CallReport,
  now: number
): { outcome: 'moved' | 'noted' | 'unchanged' | 'not_understood'; told: boolean } {
  const status = meaningOf(report.status)
  if (status === undefined) return { outcome: 'not_understood', told: false }
  let isNoted = false
  if (row.call_sid === null && report.sid !== '') {
    row.call_sid = report.sid
    isNoted = true
  }
  if (report.answeredBy !== null && report.answeredBy !== '' && row.answered_by === null) {
    row.answered_by = report.answeredBy
    isNoted = true
  }
  const step = move(row.internal_status, status)
  const isNewerWord =
    !isOver(row.internal_status) &&
    steps.indexOf(report.status) > steps.indexOf(row.provider_status ?? '')
  if (step !== undefined || isNewerWord) row.provider_status = report.status
  if (step === undefined) {
    if (!isNoted && !isNewerWord) return { outcome: 'unchanged', told: false }
    row.updated_at = now
    row.heard_at = now
    return { outcome: 'noted', told: false }
  }
  reach(row, status, now)
  row.heard_at = now
  return { outcome: 'moved', told: step.told }
}

/** Sets a status with what follows from it. Nothing else assigns `internal_status` of a call. */
function reach(row: CallRow, status: CallStatus, now: number): void {
  row.internal_status = status
  row.updated_at = now
  const failure = failureOf(status)
  if (failure === undefined) return
  row.error_code ??= status
  row.error_description ??= failure
  row.failed_at = now
}

/** Ends a call that the provider never had, or refused. Gives whether that is news. */
export function endCall(
  row: CallRow,
  status: CallStatus,
  now: number,
  error?: { code: string; description: string }
): boolean {
  if (move(row.internal_status, status) === undefined) return false
  row.error_code = error?.code ?? null
  row.error_description = error?.description ?? null
  row.provider_call_at = null
  reach(row, status, now)
  return true
}

/** Says that the provider is about to be called. */
export function claimCall(row: CallRow, now: number): void {
  row.provider_call_at = now
  if (move(row.internal_status, 'calling') !== undefined) reach(row, 'calling', now)
}
