import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import type { Database } from '../../platform/database.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import type { Metrics } from '../../platform/metrics.ts'

const Status = Type.Object(
  { message: Type.String({ examples: ['ok'] }) },
  { $id: 'Status', title: 'Status' }
)
const tags = ['Status']

/** GET /api/v1/status: whether the API can do its work. */
export const statusRoutes: FastifyPluginAsyncTypebox<{ database: Database }> = async (
  app,
  { database }
) => {
  app.get(
    '/status',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Whether the API is healthy',
        tags,
        security: [],
        response: { 200: Status, 503: ErrorBody }
      }
    },
    () => checkDatabase(database)
  )
}

/** What orchestrators and Prometheus ask, outside of the API's base path. */
export const healthRoutes: FastifyPluginAsyncTypebox<{
  database: Database
  metrics: Metrics
}> = async (app, { database, metrics }) => {
  app.get('/health/live', { config: { access: 'public' }, schema: { hide: true } }, () => ({
    message: 'ok'
  }))
  app.get('/health/ready', { config: { access: 'public' }, schema: { hide: true } }, () =>
    checkDatabase(database)
  )
  app.get(
    '/metrics',
    { config: { access: 'public' }, schema: { hide: true } },
    async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  )
}

/** The lanes live in the database too: one question tells of both. */
async function checkDatabase(database: Database): Promise<{ message: string }> {
  try {
    await sql`select id from lane_entries limit 1`.execute(database.sql)
  } catch (error) {
    throw Object.assign(new errors.overloaded(), { cause: error })
  }
  return { message: 'ok' }
}
