import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { errors } from '../../platform/errors.ts'
import { isUuid } from '../../platform/ids.ts'
import type { Queue } from '../../platform/queue.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { laneOf } from './lanes.ts'
import { statusNews } from './message-news.ts'
import { fromMessages, messageFields, type MessageRow } from './message-row.ts'

/**
 * Calls a scheduled message back. Whoever locks its row first wins: the cancellation, or the worker for which
 * it just became due.
 *
 * @throws 404 for a message that is absent or another bearer's; 409 for one that no longer waits
 */
export async function cancelMessage(
  deps: { database: Database; queue: Queue; clock: Clock },
  bearerId: number,
  uuid: string
): Promise<void> {
  if (!isUuid(uuid)) throw new errors.notFound('There is no such message.')
  await deps.database.transaction(async tx => {
    const { rows } = await sql<MessageRow>`select ${messageFields} ${fromMessages}
      where m.uuid = ${uuid} and m.bearer_id = ${bearerId} ${deps.database.locking('for update of m')}`.execute(
      tx.sql
    )
    const [row] = rows
    if (!row) throw new errors.notFound('There is no such message.')
    if (row.internal_status !== 'scheduled')
      throw new errors.conflict(
        `Only a scheduled message can be canceled; this one is ${row.internal_status}.`
      )
    const now = deps.clock.now()
    await sql`update messages set internal_status = 'canceled', updated_at = ${now} where id = ${row.id}`.execute(
      tx.sql
    )
    await deps.queue.withdraw(laneOf(row.priority), row.uuid, tx)
    await emitEvents(
      deps,
      tx,
      statusNews({ ...row, internal_status: 'canceled', updated_at: now }),
      now
    )
  })
}
