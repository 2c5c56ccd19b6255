import type { Transaction } from '../../platform/database.ts'
import type { Queue } from '../../platform/queue.ts'

/** One entry for each conference call that is not over: whatever happens to it has it looked at. */
export const conferenceCallsLane = 'conference-calls'

/** Has conference calls looked at, now or at a time. */
export async function publishConferences(
  queue: Queue,
  tx: Transaction,
  conferences: readonly { bearer_id: number; uuid: string; dueAt?: number }[]
): Promise<void> {
  if (conferences.length === 0) return
  await queue.publish(
    conferences.map(({ bearer_id, uuid, dueAt }) => ({
      lane: conferenceCallsLane,
      fairnessKey: bearer_id,
      orderKey: uuid,
      payload: uuid,
      dueAt
    })),
    tx
  )
}
