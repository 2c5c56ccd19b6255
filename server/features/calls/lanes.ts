import type { Transaction } from '../../platform/database.ts'
import type { Queue } from '../../platform/queue.ts'

/** One entry for each direct call that is not settled: it asks after what the provider does not tell. */
export const callChecksLane = 'calls.checks'
/** One entry for each recording that is not in our storage yet, or not settled otherwise. */
export const recordingsLane = 'calls.recordings'

interface Reference {
  bearerId: number
  /** Of a call its uuid, of a recording its SID. */
  id: string
  dueAt: number
}

export const publishCallChecks = (
  queue: Queue,
  tx: Transaction,
  references: readonly Reference[]
): Promise<void> => publish(queue, tx, callChecksLane, references)

export const publishRecordings = (
  queue: Queue,
  tx: Transaction,
  references: readonly Reference[]
): Promise<void> => publish(queue, tx, recordingsLane, references)

async function publish(
  queue: Queue,
  tx: Transaction,
  lane: string,
  references: readonly Reference[]
): Promise<void> {
  if (references.length === 0) return
  await queue.publish(
    references.map(({ bearerId, id, dueAt }) => ({
      lane,
      fairnessKey: bearerId,
      orderKey: id,
      payload: id,
      dueAt
    })),
    tx
  )
}
