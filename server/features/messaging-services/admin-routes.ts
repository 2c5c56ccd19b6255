import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { sql } from 'kysely'
import { examples } from '../../examples.ts'
import type { CurrentBearer } from '../../platform/access.ts'
import { answerOnce } from '../../platform/answer-once.ts'
import type { Clock } from '../../platform/clock.ts'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { ErrorBody, errors, invalidValues } from '../../platform/errors.ts'
import type { Queue } from '../../platform/queue.ts'
import { PageQuery } from '../../platform/schemas.ts'
import { Bearer } from '../bearers/bearer.entity.ts'
import {
  MigrateNumbers,
  NumberJob,
  ProvisionNumbers,
  RequestedSynchronization
} from './job-schemas.ts'
import {
  findJob,
  jobByUuid,
  jobsOf,
  listJobs,
  migrateNumbers,
  provisionNumbers
} from './number-jobs.ts'
import { findService, type ServiceRow } from './read-services.ts'
import { CreateServiceAsAdmin, MessagingService, ServiceUuid } from './schemas.ts'
import { requestAllSynchronizations, requestSynchronization } from './synchronize-numbers.ts'
import { createService, refusingConflicts } from './write-service.ts'

const tags = ['Messaging services']

/** What an administrator does with messaging services and their numbers. */
export const messagingServiceAdminRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; clock: Clock; queue: Queue }
}> = async (app, { deps }) => {
  const { database } = deps
  const locking = database.locking('for update of s')

  app.post(
    '/admin/messaging_services',
    {
      config: { access: 'admin', idempotent: true },
      schema: {
        summary: 'Create a messaging service for any bearer',
        description:
          'Tells of a service that is there at the provider, and of its numbers. Nothing is made at the provider.',
        tags,
        body: CreateServiceAsAdmin,
        response: { 201: MessagingService, 403: ErrorBody, 409: ErrorBody, 422: ErrorBody }
      }
    },
    (request, reply) => {
      const { bearer_id: bearerId = request.bearer.id, ...fields } = request.body
      return refusingConflicts(() =>
        answerOnce(request, reply, deps.database, 201, async tx => {
          await refuseAbsent(tx, bearerId)
          return createService(deps, tx, bearerId, fields, '')
        })
      )
    }
  )

  app.post(
    '/admin/messaging_services/synchronize',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Synchronise the numbers of all messaging services',
        description:
          'Those at Twilio: numbers that were bought, released or moved there appear here as they are. It is done by the clock too.',
        tags,
        response: { 202: RequestedSynchronization, 403: ErrorBody }
      }
    },
    async (_request, reply) =>
      reply.code(202).send({ requested: await requestAllSynchronizations(deps) })
  )

  app.post(
    '/admin/messaging_services/:uuid/synchronize',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Synchronise the numbers of a messaging service',
        description:
          'As they are at the provider; `synchronized_at` and `synchronization_error` tell how it went.',
        tags,
        params: ServiceUuid,
        response: {
          202: RequestedSynchronization,
          403: ErrorBody,
          404: ErrorBody,
          422: ErrorBody
        }
      }
    },
    async ({ params, bearer }, reply) => {
      await database.transaction(async tx => {
        const service = await findService(tx.sql, bearer, params.uuid)
        if (service.provider_name !== 'twilio')
          throw invalidValues([{ field: 'uuid', message: 'must be a messaging service at Twilio' }])
        await requestSynchronization(deps, tx, [service.id])
      })
      return reply.code(202).send({ requested: 1 })
    }
  )

  const jobResponses = {
    202: NumberJob,
    403: ErrorBody,
    404: ErrorBody,
    409: ErrorBody,
    422: ErrorBody
  }
  app.post(
    '/admin/messaging_services/:uuid/provision',
    {
      config: { access: 'admin', idempotent: true },
      schema: {
        summary: 'Buy numbers for a messaging service',
        description:
          'In the state of the customer, configured to call this server, in its service at the provider. The answer is the job that does it.',
        tags,
        params: ServiceUuid,
        body: ProvisionNumbers,
        response: jobResponses
      }
    },
    (request, reply) => {
      const { count, state_code: stateCode, announcement_number: announces } = request.body
      return answerOnce(request, reply, database, 202, async tx => {
        const service = await findService(tx.sql, request.bearer, request.params.uuid)
        return provisionNumbers(deps, tx, service, {
          count,
          stateCode,
          isAnnouncementNumber: announces ?? false
        })
      })
    }
  )

  app.post(
    '/admin/messaging_services/:uuid/migrate',
    {
      config: { access: 'admin', idempotent: true },
      schema: {
        summary: 'Move numbers to another messaging service',
        description:
          'At the provider and here, number by number; who opted out from the one service is opted out from the other. The answer is the job that does it.',
        tags,
        params: ServiceUuid,
        body: MigrateNumbers,
        response: jobResponses
      }
    },
    (request, reply) => {
      const { target_uuid: targetUuid, numbers } = request.body
      return answerOnce(request, reply, database, 202, async tx => {
        const source = await findService(tx.sql, request.bearer, request.params.uuid, locking)
        const target = await findTarget(tx, request.bearer, targetUuid)
        return migrateNumbers(deps, tx, source, target, numbers)
      })
    }
  )

  app.get(
    '/admin/number_jobs',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'List number jobs',
        description:
          'Purchases and migrations, newest first. The next page is asked for with the cursor of the header `x-next-cursor`.',
        tags,
        querystring: Type.Object({
          ...PageQuery,
          messaging_service_uuid: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 64,
              description: 'Of this messaging service: of its numbers, or to it.'
            })
          ),
          state: Type.Optional(
            Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')])
          )
        }),
        response: { 200: Type.Array(NumberJob), 403: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ query }, reply) => {
      const limit = query.limit ?? 100
      const before = decodeCursor(query.cursor)
      const condition = sql`${query.state === undefined ? sql`true` : sql`j.state = ${query.state}`}
        ${query.messaging_service_uuid === undefined ? sql`` : sql`and ${jobsOf(query.messaging_service_uuid)}`}
        ${before === undefined ? sql`` : sql`and j.id < ${before}`}`
      const jobs = await listJobs(database, database.sql, condition, limit + 1)
      const { page, next } = pageOf(jobs, limit)
      if (next !== undefined) void reply.header('x-next-cursor', next)
      return page
    }
  )

  app.get(
    '/admin/number_jobs/:uuid',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Retrieve a number job',
        tags,
        params: Type.Object({
          uuid: Type.String({
            description: "The job's `uuid`.",
            examples: [examples.numberJobUuid]
          })
        }),
        response: { 200: NumberJob, 403: ErrorBody, 404: ErrorBody }
      }
    },
    ({ params }) => findJob(database, database.sql, jobByUuid(params.uuid))
  )
}

/** @throws 422 for a service that is not there: it is not what the request is about */
async function findTarget(
  tx: Transaction,
  bearer: CurrentBearer,
  uuid: string
): Promise<ServiceRow> {
  try {
    return await findService(tx.sql, bearer, uuid)
  } catch (error) {
    if (!(error instanceof errors.notFound)) throw error
    throw invalidValues([{ field: 'target_uuid', message: 'is no messaging service' }])
  }
}

/** @throws 422 for a bearer that is not there */
async function refuseAbsent(tx: Transaction, bearerId: number): Promise<void> {
  if ((await tx.em.count(Bearer, { id: bearerId })) === 0)
    throw invalidValues([{ field: 'bearer_id', message: `is no bearer: ${bearerId}` }])
}
