import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import { isoTime } from '../../platform/clock.ts'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody } from '../../platform/errors.ts'
import { Nullable, PageQuery, Timestamp } from '../../platform/schemas.ts'

interface EntryRow {
  id: number
  at: number
  bearer_id: number
  bearer_name: string
  api_key_id: number
  action: string
  path: string
  given: string
  request_id: string
  status_code: number | null
}

const AuditEntry = Type.Object(
  {
    id: Type.Integer(),
    at: Timestamp,
    bearer_id: Type.Integer({ description: 'Who did it.' }),
    bearer_name: Type.String({ description: 'Its name at that time.' }),
    api_key_id: Type.Integer(),
    action: Type.String({ examples: ['POST /api/v1/admin/bearers'] }),
    path: Type.String({ examples: ['/api/v1/admin/bearers'] }),
    given: Type.Record(Type.String(), Type.Unknown(), {
      description: 'What came as a body, shortened and without secrets.'
    }),
    request_id: Type.String(),
    status_code: Nullable(
      Type.Integer({
        description: 'Of the answer; null when none was given: it may be done or not.'
      })
    )
  },
  { $id: 'AuditEntry', title: 'AuditEntry' }
)

/** What administrators did. */
export const auditLogRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database }
}> = async (app, { deps: { database } }) => {
  app.get(
    '/admin/audit_log',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'List what administrators did',
        description:
          'Every changing request to an operation of administrators that was understood, newest first. Entries are never changed or removed. The next page is asked for with the cursor of the header `x-next-cursor`.',
        tags: ['Audit log'],
        querystring: Type.Object({
          bearer_id: Type.Optional(
            Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Who.' })
          ),
          action: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 200,
              description: 'What, as method and route.',
              examples: ['POST /api/v1/admin/bearers']
            })
          ),
          ...PageQuery
        }),
        response: { 200: Type.Array(AuditEntry), 403: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ query }, reply) => {
      const limit = query.limit ?? 100
      const before = decodeCursor(query.cursor)
      const { rows } = await sql<EntryRow>`select * from audit_entries where true
        ${query.bearer_id === undefined ? sql`` : sql`and bearer_id = ${query.bearer_id}`}
        ${query.action === undefined ? sql`` : sql`and action = ${query.action}`}
        ${before === undefined ? sql`` : sql`and id < ${before}`}
        order by id desc limit ${limit + 1}`.execute(database.sql)
      const { page, next } = pageOf(rows, limit)
      if (next !== undefined) void reply.header('x-next-cursor', next)
      return page.map(row => ({
        ...row,
        at: isoTime(row.at),
        given: JSON.parse(row.given)
      }))
    }
  )
}
