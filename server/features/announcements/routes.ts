import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { Config } from '../../config.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import type { Queue } from '../../platform/queue.ts'
import { PageQuery } from '../../platform/schemas.ts'
import { parseSendingRates } from '../../telephony/sending-rate.ts'
import type { UsageGuard } from '../usage-limits/usage-guard.ts'
import { acceptAnnouncement, findCustomer, usageOf } from './accept-announcement.ts'
import { AnnouncementBody, takeAnnouncements } from './announcement-request.ts'
import { changeAnnouncement } from './change-announcements.ts'
import { type CheckedAnnouncement, checkAnnouncement } from './check-announcement.ts'
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
  client_announcement_id: Type.String({
    description: 'Your id of the announcement.',
    examples: ['snow-day-2026-11-23']
  })
})

/** Announcements: one text to very many, each reached once. */
export const announcementRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; queue: Queue; clock: Clock; guard: UsageGuard }
  config: Pick<Config, 'SMS_TO_MMS_RULE' | 'ANNOUNCEMENT_PRICES' | 'SENDING_RATES'>
}> = async (app, { deps, config }) => {
  const rates = parseSendingRates(config.SENDING_RATES)

  async function leftToday(
    bearerId: number,
    announcement: CheckedAnnouncement
  ): Promise<number | null> {
    const room = await deps.guard.roomOf(bearerId, usageOf(announcement), 'day')
    return room ? Math.max(0, room.limit - room.used) : null
  }

  await app.register(async scope => {
    takeAnnouncements(scope)
    scope.post<{ Querystring: { dry_run?: string } }>(
      '/announcements',
      {
        config: { idempotent: true, form: CreateAnnouncement },
        schema: {
          summary: 'Announce',
          description:
            'Up to 100,000 recipients as JSON. As `application/x-ndjson` any number: the first line is `{"announcement": {…}}` without recipients, every further line one recipient; an `Idempotency-Key` does not go with it, and is not needed. Answered when all are stored; a recipient is reached at most once, however often the request is repeated. With `dry_run=true` nothing is stored, and the answer tells cost and duration.\n\n```json\n{"announcement":{"client_announcement_id":"snow-day-2026-11-24","global_customer_id":"local-district","type":"sms","body":"School is closed today."}}\n"+16015550142"\n{"recipient_number":"+16015550143","client_message_id":"7"}\n```',
          tags,
          consumes: ['application/json', 'application/x-ndjson'],
          querystring: Type.Object({
            dry_run: Type.Optional(
              Type.Union([Type.Literal('true'), Type.Literal('false')], {
                description: 'Estimate only.'
              })
            )
          }),
          response: {
            200: AnnouncementEstimate,
            202: AcceptedAnnouncement,
            403: ErrorBody,
            409: ErrorBody,
            422: ErrorBody
          }
        }
      },
      async ({ body, query, bearer, idempotency }, reply) => {
        if (!(body instanceof AnnouncementBody))
          throw new errors.badRequest('The body must be an announcement.')
        const { header, recipients, size = 1 } = await body.read()
        const announcement = checkAnnouncement(header, deps.clock.now())
        const customer = await findCustomer(deps, bearer, announcement)
        if (query.dry_run === 'true')
          return {
            ...(await estimateAnnouncement(
              { ...deps, config, rates },
              customer,
              announcement,
              recipients
            )),
            left_today: await leftToday(bearer.id, announcement)
          }
        const wish = { bearerId: bearer.id, count: size }
        await deps.guard.check(usageOf(announcement), wish, 'day')
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
          response: {
            200: AnnouncementState,
            403: ErrorBody,
            404: ErrorBody,
            // What was canceled may be canceled again.
            ...(state !== 'canceled' && { 409: ErrorBody })
          }
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
