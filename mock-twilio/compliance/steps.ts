import type { Plan } from '../../simulator/agenda.ts'
import { statusAfter } from '../lifecycles/advance.ts'
import type { World } from '../world.ts'

/** What bundles, brands, campaigns and toll-free verifications have in common: they are reviewed. */

interface Reviewed<S extends string> {
  readonly sid: string
  status: S
  dateUpdated: number
}

/** Moves it along its table. Nothing else assigns its status. An impossible move is a mistake of ours. */
export function advance<S extends string, E extends string>(
  world: World,
  record: Reviewed<S>,
  table: Record<S, Partial<Record<E, S>>>,
  event: E
): void {
  const { sid, status: was } = record
  const status = statusAfter(table, was, event)
  if (status === undefined) throw new Error(`${sid} is ${was}, and was told: ${event}`)
  record.status = status
  record.dateUpdated = world.now()
  world.journal.append({ kind: 'compliance.status', sid, was, status })
}

/** The next step of a review: of this submission, and of no later one. */
export function planStep(
  world: World,
  kind: string,
  sid: string,
  submission: number,
  afterMs: number
): void {
  const isInstant = world.origin.profile === 'instant'
  world.plan(isInstant ? 0 : afterMs, { kind, sid, submission })
}

/** The record that a step is for, unless it is gone or has been handed in again since. */
export function recordOf<R>(
  plan: Plan,
  records: ReadonlyMap<string, R>,
  submissionOf: (record: R) => number
): R | undefined {
  const { sid, submission } = plan
  const record = typeof sid === 'string' ? records.get(sid) : undefined
  return record !== undefined && submissionOf(record) === submission ? record : undefined
}

/**
 * How a review ends when a fault rule says so: an `outcome` that names the review as its operation, with
 * one of these statuses.
 */
export function ruledEnd(
  world: World,
  review: string,
  subject: { to: string; body: string },
  ends: readonly string[]
): { status: string; errorCode: number | undefined } | undefined {
  if (world.faults.isEmpty) return undefined
  const rule = world.faults.take('outcome', { operation: review, ...subject }, effect =>
    ends.includes(effect.status)
  )
  return rule && { status: rule.status, errorCode: rule.error_code }
}
