import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../platform/database.ts'
import type { Queue } from '../../platform/queue.ts'
import { recountDays } from '../stats/count-days.ts'
import { clientEventStats } from '../stats/sources.ts'
import { clientEventsLane } from './emit-events.ts'

const eventsPerPage = 500

interface ReplayedRow {
  id: number
  bearer_id: number
  resource_id: string
  created_at: number
}

/**
 * Delivers settled events again, oldest first, each with the id that it had and a schedule of its own. A page
 * of them is one transaction: broken off, those before the break are on their way.
 */
export async function replayEvents(
  { database, queue }: { database: Database; queue: Queue },
  condition: RawBuilder<unknown>,
  limit: number
): Promise<number> {
  let after = 0
  for (let replayed = 0; ;) {
    const room = Math.min(eventsPerPage, limit - replayed)
    const found = await database.transaction(async tx => {
      const { rows } = await sql<ReplayedRow>`
        update client_events set status = 'pending', attempts = 0, next_attempt_at = null, settled_at = null
        where id in (
          select id from client_events where ${condition} and status <> 'pending' and id > ${after}
          order by id limit ${room} ${database.locking('for update skip locked')}
        ) returning id, bearer_id, resource_id, created_at`.execute(tx.sql)
      await queue.publish(
        rows.map(row => ({
          lane: clientEventsLane,
          fairnessKey: row.bearer_id,
          orderKey: row.resource_id,
          payload: row.resource_id
        })),
        tx
      )
      await recountDays(
        { database },
        tx,
        clientEventStats,
        rows.map(row => row.created_at)
      )
      return rows.map(({ id }) => id)
    })
    replayed += found.length
    after = found.reduce((last, id) => Math.max(last, id), after)
    if (found.length < room || replayed >= limit) return replayed
  }
}
