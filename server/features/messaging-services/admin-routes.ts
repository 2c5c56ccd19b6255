import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answerOnce } from '../../platform/answer-once.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { ErrorBody, invalidValues } from '../../platform/errors.ts'
import { Bearer } from '../bearers/bearer.entity.ts'
import { CreateServiceAsAdmin, MessagingService } from './schemas.ts'
import { createService, refusingConflicts } from './write-service.ts'

const tags = ['Messaging services']

/** What an administrator does with messaging services and their numbers. */
export const messagingServiceAdminRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; clock: Clock }
}> = async (app, { deps }) => {
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
}

/** @throws 422 for a bearer that is not there */
async function refuseAbsent(tx: Transaction, bearerId: number): Promise<void> {
  if ((await tx.em.count(Bearer, { id: bearerId })) === 0)
    throw invalidValues([{ field: 'bearer_id', message: `is no bearer: ${bearerId}` }])
}
