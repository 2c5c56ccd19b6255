import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import { answerOnce } from '../../platform/answer-once.ts'
import type { Clock } from '../../platform/clock.ts'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody } from '../../platform/errors.ts'
import { PageQuery } from '../../platform/schemas.ts'
import {
  findService,
  noSuchService,
  presentServices,
  type ServiceRow,
  servicesOf
} from './read-services.ts'
import {
  CreateMessagingService,
  MessagingService,
  ServiceUuid,
  UpdateMessagingService
} from './schemas.ts'
import { createService, refusingConflicts, updateService } from './write-service.ts'

const tags = ['Messaging services']

/** By what a service is found, and an example of each: that of the offline service. */
const keys = [
  ['twilio_messaging_sid', 'MG00000000000000000000000000000001'],
  ['provider_messaging_sid', 'MG00000000000000000000000000000001'],
  ['global_customer_id', 'local-district'],
  ['name', 'Local district']
] as const

/** Messaging services: the numbers of a customer, as the provider groups them. */
export const messagingServiceRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; clock: Clock }
}> = async (app, { deps }) => {
  const { database } = deps
  const path = 'messaging_service.'

  app.get(
    '/messaging_services',
    {
      schema: {
        summary: 'List messaging services',
        description:
          'Yours; an Admin sees all. Oldest first. The next page is asked for with the cursor of the header `x-next-cursor`.',
        tags,
        querystring: Type.Object(PageQuery),
        response: { 200: Type.Array(MessagingService), 403: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ query, bearer }, reply) => {
      const limit = query.limit ?? 100
      const after = decodeCursor(query.cursor)
      const { rows } = await sql<ServiceRow>`select s.* from messaging_services s
        where ${servicesOf(bearer)} ${after === undefined ? sql`` : sql`and s.id > ${after}`}
        order by s.id limit ${limit + 1}`.execute(database.sql)
      const { page, next } = pageOf(rows, limit)
      if (next !== undefined) void reply.header('x-next-cursor', next)
      return presentServices(database, database.sql, page)
    }
  )

  app.post(
    '/messaging_services',
    {
      config: { idempotent: true },
      schema: {
        summary: 'Create a messaging service',
        description:
          'Tells of a service that is there at the provider, and of its numbers. Nothing is made at the provider.',
        tags,
        body: CreateMessagingService,
        response: { 201: MessagingService, 403: ErrorBody, 409: ErrorBody, 422: ErrorBody }
      }
    },
    (request, reply) =>
      refusingConflicts(() =>
        answerOnce(request, reply, database, 201, tx =>
          createService(deps, tx, request.bearer.id, request.body.messaging_service, path)
        )
      )
  )

  for (const [key, example] of keys) {
    app.get(
      `/messaging_services/by_${key}`,
      {
        schema: {
          summary: `Retrieve a messaging service by its ${key}`,
          description: 'The oldest, where several have it.',
          tags,
          querystring: Type.Object({
            [key]: Type.String({ minLength: 1, maxLength: 255, examples: [example] })
          }),
          response: { 200: MessagingService, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody }
        }
      },
      async ({ query, bearer }) => {
        const { rows } = await sql<ServiceRow>`select s.* from messaging_services s
          where ${sql.ref(`s.${key}`)} = ${query[key] ?? ''} and ${servicesOf(bearer)}
          order by s.id limit 1`.execute(database.sql)
        const [found] = await presentServices(database, database.sql, rows)
        if (!found) throw noSuchService()
        return found
      }
    )
  }

  app.get(
    '/messaging_services/:uuid',
    {
      schema: {
        summary: 'Retrieve a messaging service',
        tags,
        params: ServiceUuid,
        response: { 200: MessagingService, 403: ErrorBody, 404: ErrorBody }
      }
    },
    async ({ params, bearer }) => {
      const row = await findService(database.sql, bearer, params.uuid)
      const [found] = await presentServices(database, database.sql, [row])
      if (!found) throw noSuchService()
      return found
    }
  )

  for (const method of ['PATCH', 'PUT'] as const) {
    app.route({
      method,
      url: '/messaging_services/:uuid',
      schema: {
        summary: 'Update a messaging service',
        description: 'Fields that are absent stay as they are; so do numbers that are not named.',
        tags,
        params: ServiceUuid,
        body: UpdateMessagingService,
        response: {
          200: MessagingService,
          403: ErrorBody,
          404: ErrorBody,
          409: ErrorBody,
          422: ErrorBody
        }
      },
      handler: ({ params, body, bearer }) =>
        refusingConflicts(() =>
          database.transaction(async tx => {
            const locking = database.locking('for update of s')
            const known = await findService(tx.sql, bearer, params.uuid, locking)
            return updateService(deps, tx, known, body.messaging_service, path)
          })
        )
    })
  }
}
