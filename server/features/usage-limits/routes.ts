import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Static, Type } from '@sinclair/typebox'
import { examples } from '../../examples.ts'
import { type Clock, isoTime } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody, errors } from '../../platform/errors.ts'
import { Nullable, numericIdLike, Timestamp } from '../../platform/schemas.ts'
import { Bearer } from '../bearers/bearer.entity.ts'
import { BearerLimits } from './bearer-limits.entity.ts'
import { type Span, spanMs, type UsageGuard, type UsageKind } from './usage-guard.ts'

const tags = ['Bearers']

const limit = (description: string) =>
  Type.Optional(
    Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000_000, description }), Type.Null()])
  )

/** PUT /admin/bearers/{id}/limits */
const WriteLimits = Type.Object(
  {
    texts_per_minute: limit('Texts of single messages.'),
    texts_per_day: limit('Texts of messages and announcements, of a day in UTC.'),
    calls_per_minute: limit('Calls, but for those of announcements.'),
    calls_per_day: limit('Calls, those of announcements too, of a day in UTC.')
  },
  {
    title: 'WriteLimits',
    description: '0 for no limit; what is absent or null is as the server is set.',
    examples: [{ texts_per_minute: 600, texts_per_day: 50_000 }]
  }
)

const Usage = Type.Object({
  limit: Nullable(Type.Integer({ description: 'Null for none.' })),
  used: Type.Integer({ description: 'Since the minute or day began; 0 where there is no limit.' }),
  resets_at: Timestamp
})
const Usages = Type.Object({ minute: Usage, day: Usage })
const Limits = Type.Object(
  { bearer_id: Type.Integer(), texts: Usages, calls: Usages },
  { $id: 'Limits', title: 'Limits' }
)

/** How much a bearer may send and call. */
export const usageLimitRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; clock: Clock; guard: UsageGuard }
}> = async (app, { deps: { database, clock, guard } }) => {
  app.get(
    '/limits',
    {
      schema: {
        summary: 'Retrieve your limits',
        description: 'How many texts and calls you may make, and have made.',
        tags,
        response: { 200: Limits, 403: ErrorBody }
      }
    },
    ({ bearer }) => limitsOf(bearer.id)
  )

  app.get(
    '/admin/bearers/:id/limits',
    {
      config: { access: 'admin' },
      schema: {
        summary: "Retrieve a bearer's limits",
        tags,
        params: numericIdLike(examples.bearerId),
        response: { 200: Limits, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ params }) => {
      await refuseAbsent(params.id)
      return limitsOf(params.id)
    }
  )

  app.put(
    '/admin/bearers/:id/limits',
    {
      config: { access: 'admin' },
      schema: {
        summary: "Set a bearer's limits",
        description:
          'In the place of those that the server is set to. A request beyond a limit is refused with 429 until the minute or day is over; an announcement that would pass the limit of a day is refused as a whole.',
        tags,
        params: numericIdLike(examples.bearerId),
        body: WriteLimits,
        response: { 200: Limits, 403: ErrorBody, 404: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ params, body }) => {
      await refuseAbsent(params.id)
      await database.em().upsert(BearerLimits, {
        bearerId: params.id,
        textsPerMinute: body.texts_per_minute ?? null,
        textsPerDay: body.texts_per_day ?? null,
        callsPerMinute: body.calls_per_minute ?? null,
        callsPerDay: body.calls_per_day ?? null,
        updatedAt: clock.now()
      })
      guard.forget()
      return limitsOf(params.id)
    }
  )

  async function refuseAbsent(id: number): Promise<void> {
    if ((await database.em().count(Bearer, { id })) === 0)
      throw new errors.notFound(`There is no bearer ${id}.`)
  }

  async function limitsOf(bearerId: number): Promise<Static<typeof Limits>> {
    const usage = async (kind: UsageKind, span: Span): Promise<Static<typeof Usage>> => {
      const room = await guard.roomOf(bearerId, kind, span)
      const now = clock.now()
      return {
        limit: room?.limit ?? null,
        used: room?.used ?? 0,
        resets_at: isoTime(room?.resetsAt ?? now - (now % spanMs[span]) + spanMs[span])
      }
    }
    const usages = async (kind: UsageKind) => ({
      minute: await usage(kind, 'minute'),
      day: await usage(kind, 'day')
    })
    return { bearer_id: bearerId, texts: await usages('texts'), calls: await usages('calls') }
  }
}
