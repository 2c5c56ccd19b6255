import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { Config } from '../../config.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import type { Queue } from '../../platform/queue.ts'
import { PageQuery } from '../../platform/schemas.ts'
import { parseSendingRates } from '../../telephony/sending-rate.ts'
import { acceptAnnouncement, findCustomer } from './accept-announcement.ts'
import { AnnouncementBody, takeAnnouncements } from './announcement-request.ts'
import { changeAnnouncement } from './change-announcements.ts'
import { checkAnnouncement } from './check-announcement.ts'
import { estimateAnnouncement } from './estimate-announcement.ts'
import { readAnnouncement } from './read-announcement.ts'
import {
  AcceptedAnnouncement,
  Announcement,
  AnnouncementEstimate,
  AnnouncementState,
  CreateAnnouncement
} from './schemas.ts'

const tags = ['Announcements']
const ClientAnnouncementId = Type.Object({
  client_announcement_id: Type.String({ description: 'Your id of the announcement.' })
})

/** Announcements: one text to very many, each reached once. */
export const announcementRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; queue: Queue; clock: Clock }
  config: Pick<Config, 'SMS_TO_MMS_RULE' | 'ANNOUNCEMENT_PRICES' | 'SENDING_RATES'>
}> = async (app, { deps, config }) => {
  const rates = parseSendingRates(config.SENDING_RATES)

  await app.register(async scope => {
    takeAnnouncements(scope)
    scope.post<{ Querystring: { dry_run?: string } }>(
      '/announcements',
      {
        config: { idempotent: true, form: CreateAnnouncement },
        schema: {
          summary: 'Announce',
          description:
            'Up to 100,000 recipients as JSON. As `application/x-ndjson` any number: the first line is `{"announcement": {…}}` without recipients, every further line one recipient; an `Idempotency-Key` does not go with it, and is not needed. Answered when all are stored; a recipient is reached at most once, however often the request is repeated. With `dry_run=true` nothing is stored, and the answer tells cost and duration.',
          tags,
          consumes: ['application/json', 'application/x-ndjson'],
          querystring: Type.Object({
            dry_run: Type.Optional(
              Type.String({ enum: ['true', 'false'], description: 'Estimate only.' })
            )
          }),
          response: {
            200: AnnouncementEstimate,
            202: AcceptedAnnouncement,
            403: ErrorBody,
            409: ErrorBody,
            422: ErrorBody,
            501: ErrorBody
          }
        }
      },
      async ({ body, query, bearer, idempotency }, reply) => {
        if (!(body instanceof AnnouncementBody))
          throw new errors.badRequest('The body must be an announcement.')
        const { header, recipients } = await body.read()
        const announcement = checkAnnouncement(header, deps.clock.now())
        if (announcement.type === 'voice')
          throw new errors.notServedYet(
            'Voice announcements are not served yet: announce by sms or mms.'
          )
        const customer = await findCustomer(deps, bearer, announcement)
        if (query.dry_run === 'true')
          return estimateAnnouncement(
            { ...deps, config, rates },
            customer,
            announcement,
            recipients
          )
        const { idempotency: memory } = app
        const answer = await acceptAnnouncement(
          { ...deps, idempotency: memory },
          bearer,
          announcement,
          recipients,
          idempotency
        )
        return reply.code(202).send(answer)
      }
    )
  })

  app.get(
    '/announcements/:client_announcement_id',
    {
      schema: {
        summary: 'Retrieve an announcement',
        description: 'Its ledger, its counts, and its messages in pages.',
        tags,
        params: ClientAnnouncementId,
        querystring: Type.Object(PageQuery),
        response: { 200: Announcement, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ params, query, bearer }, reply) => {
      const { announcement, next } = await readAnnouncement(
        deps.database,
        bearer.id,
        params.client_announcement_id,
        { limit: query.limit ?? 100, cursor: query.cursor }
      )
      if (next !== undefined) void reply.header('x-next-cursor', next)
      return announcement
    }
  )

  const changes = [
    ['pause', 'paused', 'Nothing more is sent until it is resumed.'],
    ['resume', 'active', 'What waits is sent.'],
    ['cancel', 'canceled', 'What waits is never sent.']
  ] as const
  for (const [verb, state, description] of changes) {
    app.post(
      `/announcements/:client_announcement_id/${verb}`,
      {
        schema: {
          summary: `${verb[0]?.toUpperCase()}${verb.slice(1)} an announcement`,
          description,
          tags,
          params: ClientAnnouncementId,
          response: { 200: AnnouncementState, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody }
        }
      },
      async ({ params, bearer }) => {
        const { client_announcement_id } = params
        await changeAnnouncement(deps, bearer.id, client_announcement_id, state)
        return { client_announcement_id, state }
      }
    )
  }
}
