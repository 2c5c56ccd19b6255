import { sql } from 'kysely'
import { isoTime } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { newUuid } from '../../platform/ids.ts'
import type { Queue } from '../../platform/queue.ts'

export const clientEventsLane = 'client-events'

/** News for a client application. */
export interface News {
  type: string
  bearerId: number
  /** Events of one resource arrive in order. */
  resourceId: string
  /** What makes this news unique among those of its type about the resource: the status, as a rule. */
  occurrence: string
  /** Already resolved: request, conversation; null for the bearer's own. */
  callbackUrl: string | null
  /** The resource as it is now. Its `created_at` takes the place of the event's, which stays as `occurred_at`. */
  fields: object
}

const columns = {
  event_id: 'uuid',
  type: 'text',
  bearer_id: 'bigint',
  resource_id: 'text',
  occurrence: 'text',
  callback_url: 'text',
  payload: 'text',
  status: 'text',
  attempts: 'integer',
  created_at: 'bigint'
} as const

/**
 * Stores events and the work of delivering them, in the transaction that makes the news: a crash keeps both
 * or neither. The same news twice is one event.
 */
export async function emitEvents(
  deps: { database: Database; queue: Queue },
  tx: Transaction,
  news: readonly News[],
  now: number
): Promise<void> {
  if (news.length === 0) return
  await deps.database.insert(
    tx.sql,
    'client_events',
    columns,
    news.map(item => {
      const eventId = newUuid(now)
      return {
        event_id: eventId,
        type: item.type,
        bearer_id: item.bearerId,
        resource_id: item.resourceId,
        occurrence: item.occurrence,
        callback_url: item.callbackUrl,
        payload: JSON.stringify({
          type: item.type,
          event_id: eventId,
          created_at: isoTime(now),
          occurred_at: isoTime(now),
          ...item.fields
        }),
        status: 'pending',
        attempts: 0,
        created_at: now
      }
    }),
    sql`on conflict (resource_id, type, occurrence) do nothing`
  )
  await deps.queue.publish(
    news.map(item => ({
      lane: clientEventsLane,
      fairnessKey: item.bearerId,
      orderKey: item.resourceId,
      payload: item.resourceId
    })),
    tx
  )
}
