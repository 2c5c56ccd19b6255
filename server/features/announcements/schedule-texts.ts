import type { Database, Transaction } from '../../platform/database.ts'
import type { Queue } from '../../platform/queue.ts'
import type { MessageRow } from '../messages/message-row.ts'
import { rememberSenders, storeSlots } from './announcement-numbers.ts'
import { sendingLaneOf } from './lanes.ts'
import type { PlannedSend, Sender } from './plan-sends.ts'

/** So many texts get their senders and times in one transaction. */
export const textsPlannedAtOnce = 1_000

/** A text or call with its sender and its time. */
export interface PlannedText {
  row: MessageRow
  send: PlannedSend
}

/**
 * Puts planned texts and calls into their lane, with what the plan changed: how far the senders are planned, and who
 * hears from another number than before. A text has a key, so that one that was parked while its
 * announcement paused is never in the lane twice.
 */
export async function scheduleTexts(
  { database, queue }: { database: Database; queue: Queue },
  tx: Transaction,
  plan: {
    service: number
    senders: readonly Sender[]
    /** Which number each recipient knew. */
    sticky: ReadonlyMap<string, string>
    texts: readonly PlannedText[]
  }
): Promise<void> {
  const { service, senders, sticky, texts } = plan
  await rememberSenders(
    database,
    tx,
    service,
    texts
      .filter(({ row, send }) => sticky.get(row.receiver_number) !== send.sender.number)
      .map(({ row, send }) => ({ recipient: row.receiver_number, sender: send.sender.number }))
  )
  await storeSlots(database, tx, senders)
  await queue.publish(
    texts.map(({ row, send }) => ({
      lane: sendingLaneOf(row.message_type),
      fairnessKey: row.bearer_id ?? 0,
      orderKey: row.uuid,
      payload: row.uuid,
      dueAt: send.dueAt
    })),
    tx
  )
}
