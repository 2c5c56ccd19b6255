import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import { examples } from '../../examples.ts'
import { isoTime } from '../../platform/clock.ts'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { Database } from '../../platform/database.ts'
import { type DeadLetterRow, retryDeadLetters } from '../../platform/dead-letters.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import type { Queue } from '../../platform/queue.ts'
import { Deleted, NumericId, numericIdLike, PageQuery } from '../../platform/schemas.ts'
import { DeadLetter, lane, RetriedDeadLetters, RetryDeadLetters } from './schemas.ts'

const tags = ['Dead letters']

/** Work of any lane that was given up: looked at, tried again, or put away. */
export const deadLetterRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; queue: Queue }
}> = async (app, { deps }) => {
  const { database } = deps

  app.get(
    '/admin/dead_letters',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'List dead letters',
        description:
          'Work that was given up after its last attempt, newest first. Client events that could not be delivered are webhooks of the status `dead`. The next page is asked for with the cursor of the header `x-next-cursor`.',
        tags,
        querystring: Type.Object({
          lane: Type.Optional(lane),
          bearer_id: Type.Optional(Type.Integer({ minimum: 1 })),
          ...PageQuery
        }),
        response: { 200: Type.Array(DeadLetter), 403: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ query }, reply) => {
      const limit = query.limit ?? 100
      const before = decodeCursor(query.cursor)
      const { rows } = await sql<DeadLetterRow>`
        select * from dead_letters
        where true
          ${query.lane === undefined ? sql`` : sql`and lane = ${query.lane}`}
          ${query.bearer_id === undefined ? sql`` : sql`and fairness_key = ${query.bearer_id}`}
          ${before === undefined ? sql`` : sql`and id < ${before}`}
        order by id desc limit ${limit + 1}`.execute(database.sql)
      const { page, next } = pageOf(rows, limit)
      if (next !== undefined) void reply.header('x-next-cursor', next)
      return page.map(present)
    }
  )

  app.post(
    '/admin/dead_letters/:id/retry',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Retry a dead letter',
        description:
          'The work is back in its lane, due at once; what is done already is not redone.',
        tags,
        params: NumericId,
        response: { 202: RetriedDeadLetters, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ params }, reply) => {
      const retried = await database.transaction(tx => retryDeadLetters(deps, tx, params))
      if (retried === 0) throw noSuch(params.id)
      return reply.code(202).send({ retried })
    }
  )

  app.post(
    '/admin/dead_letters/retry',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Retry the dead letters of a lane',
        description: 'Oldest first.',
        tags,
        body: RetryDeadLetters,
        response: { 202: RetriedDeadLetters, 403: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ body }, reply) => {
      const { lane: wanted, limit = 1_000 } = body
      const retried = await database.transaction(tx =>
        retryDeadLetters(deps, tx, { lane: wanted, limit })
      )
      return reply.code(202).send({ retried })
    }
  )

  app.delete(
    '/admin/dead_letters/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Discard a dead letter',
        description: 'The work is never done.',
        tags,
        params: numericIdLike(examples.secondDeadLetterId),
        response: { 200: Deleted, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ params }) => {
      const { rows } =
        await sql`delete from dead_letters where id = ${params.id} returning id`.execute(
          database.sql
        )
      if (rows.length === 0) throw noSuch(params.id)
      return {}
    }
  )
}

const noSuch = (id: number): Error => new errors.notFound(`There is no dead letter ${id}.`)

const present = (row: DeadLetterRow): Static<typeof DeadLetter> => ({
  id: row.id,
  lane: row.lane,
  bearer_id: row.fairness_key === 0 ? null : row.fairness_key,
  payload: row.payload,
  attempts: row.attempts,
  error: row.error,
  created_at: isoTime(row.created_at),
  dead_at: isoTime(row.dead_at)
})
