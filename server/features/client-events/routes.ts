import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import { isoTime } from '../../platform/clock.ts'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import type { Queue } from '../../platform/queue.ts'
import { NumericId, PageQuery } from '../../platform/schemas.ts'
import { eventCondition } from './find-events.ts'
import { replayEvents } from './replay-events.ts'
import {
  ListWebhooks,
  ReplayedWebhooks,
  ReplayWebhooks,
  Webhook,
  WebhookDetails
} from './schemas.ts'

interface EventRow {
  id: number
  event_id: string
  type: string
  bearer_id: number
  resource_id: string
  callback_url: string | null
  payload: string
  status: string
  attempts: number
  next_attempt_at: number | null
  created_at: number
  settled_at: number | null
}

interface AttemptRow {
  attempt: number
  at: number
  status_code: number | null
  error: string | null
  response: string | null
  duration_ms: number
}

/** The administrator's view of what client applications were told, and how that went. */
export const clientEventRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; queue: Queue }
}> = async (app, { deps: { database, queue } }) => {
  app.get(
    '/admin/webhooks',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'List client events',
        description:
          'Newest first. The next page is asked for with the cursor of the header `x-next-cursor`.',
        tags: ['Webhooks'],
        querystring: Type.Object({ ...ListWebhooks, ...PageQuery }),
        response: { 200: Type.Array(Webhook), 403: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ query }, reply) => {
      const limit = query.limit ?? 100
      const before = decodeCursor(query.cursor)
      const { rows } = await sql<EventRow>`
        select * from client_events
        where ${await eventCondition(database.sql, query)}
          ${before === undefined ? sql`` : sql`and id < ${before}`}
        order by id desc limit ${limit + 1}`.execute(database.sql)
      const { page, next } = pageOf(rows, limit)
      if (next !== undefined) void reply.header('x-next-cursor', next)
      return page.map(presentWebhook)
    }
  )

  app.get(
    '/admin/webhooks/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Retrieve a client event with its payload and all attempts',
        tags: ['Webhooks'],
        params: NumericId,
        response: { 200: WebhookDetails, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ params }) => details(await findEvent(params.id))
  )

  app.post(
    '/admin/webhooks/:id/replay',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Deliver a client event again',
        description:
          'Delivered or dead, it is attempted at once, with the same id and a schedule of its own.',
        tags: ['Webhooks'],
        params: NumericId,
        response: {
          202: WebhookDetails,
          403: ErrorBody,
          404: ErrorBody,
          409: ErrorBody,
          422: ErrorBody
        }
      }
    },
    async ({ params }, reply) => {
      const { id } = await findEvent(params.id)
      const replayed = await replayEvents({ database, queue }, sql`id = ${id}`, 1)
      if (replayed === 0) throw new errors.conflict('The event is still being delivered.')
      return reply.code(202).send(await details(await findEvent(params.id)))
    }
  )

  app.post(
    '/admin/webhooks/replay',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Deliver many client events again',
        description:
          'Those of the filter that are settled, each with the same id and a schedule of its own.',
        tags: ['Webhooks'],
        body: ReplayWebhooks,
        response: { 202: ReplayedWebhooks, 403: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ body }, reply) => {
      const { limit = 1_000, status = 'dead', ...filter } = body
      const condition = await eventCondition(database.sql, { ...filter, status })
      const replayed = await replayEvents({ database, queue }, condition, limit)
      return reply.code(202).send({ replayed, more: replayed === limit })
    }
  )

  async function findEvent(id: number): Promise<EventRow> {
    const { rows } = await sql<EventRow>`select * from client_events where id = ${id}`.execute(
      database.sql
    )
    const [event] = rows
    if (!event) throw new errors.notFound(`There is no webhook ${id}.`)
    return event
  }

  async function details(event: EventRow): Promise<WebhookDetails> {
    const { rows } = await sql<AttemptRow>`
      select attempt, at, status_code, error, response, duration_ms from client_event_attempts
      where client_event_id = ${event.id} order by id`.execute(database.sql)
    return {
      ...presentWebhook(event),
      payload: JSON.parse(event.payload),
      attempt_log: rows.map(row => ({ ...row, at: isoTime(row.at) }))
    }
  }
}

const presentWebhook = (row: EventRow): Webhook => ({
  id: row.id,
  event_id: row.event_id,
  type: row.type,
  bearer_id: row.bearer_id,
  resource_id: row.resource_id,
  callback_url: row.callback_url,
  status: row.status,
  attempts: row.attempts,
  next_attempt_at: row.next_attempt_at === null ? null : isoTime(row.next_attempt_at),
  created_at: isoTime(row.created_at),
  settled_at: row.settled_at === null ? null : isoTime(row.settled_at)
})
