import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { type Clock, isoTime } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { ErrorBody, invalidValues } from '../../platform/errors.ts'
import { Nullable, Timestamp } from '../../platform/schemas.ts'
import { parseInstant } from '../../platform/instant.ts'
import { countDays, dayMs, dayName } from './count-days.ts'
import type { StatsSource } from './sources.ts'

const mostDays = 92
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', examples: ['2026-11-23'] })

const Stats = Type.Object(
  {
    from: Type.String(),
    to: Type.String(),
    days: Type.Array(
      Type.Object({
        source: Type.String({ examples: ['messages'] }),
        day: Type.String({ description: 'In UTC, of the creation.', examples: ['2026-11-23'] }),
        bearer_id: Nullable(Type.Integer({ description: 'Null for what is nobody’s.' })),
        status: Type.String({ examples: ['delivered'] }),
        count: Type.Integer()
      }),
      { description: 'By day, source, bearer and status; what is 0 is left out.' }
    ),
    totals: Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer()), {
      description: 'By source and status, over all days.'
    }),
    counted_at: Type.Unsafe<string>({
      ...Timestamp,
      description: 'No count is older than this: at most a minute for what can still change.'
    })
  },
  { $id: 'Stats', title: 'Stats' }
)

/** How much there was of everything, by day, status and bearer. */
export const statsRoutes: FastifyPluginAsyncTypebox<{
  deps: { database: Database; clock: Clock }
  sources: readonly StatsSource[]
}> = async (app, { deps, sources }) => {
  const names = sources.map(({ name }) => Type.Literal(name))

  app.get(
    '/admin/stats',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Count by day, status and bearer',
        description: `At most ${mostDays} days, in UTC; the last seven when none are named.`,
        tags: ['Statistics'],
        querystring: Type.Object({
          from: Type.Optional(Type.Unsafe<string>({ ...Day, description: 'The first day.' })),
          to: Type.Optional(Type.Unsafe<string>({ ...Day, description: 'The last day.' })),
          source: Type.Optional(Type.Union(names, { description: 'Only of this.' })),
          bearer_id: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }))
        }),
        response: { 200: Stats, 403: ErrorBody, 422: ErrorBody }
      }
    },
    async ({ query }) => {
      const today = deps.clock.now() - (deps.clock.now() % dayMs)
      const last = dayIn('to', query.to) ?? today
      const first = dayIn('from', query.from) ?? last - 6 * dayMs
      if (first > last)
        throw invalidValues([{ field: 'from', message: 'must not be after the last day' }])
      if (last - first >= mostDays * dayMs)
        throw invalidValues([
          { field: 'from', message: `must be at most ${mostDays - 1} days before the last day` }
        ])

      const wanted = sources.filter(
        ({ name }) => query.source === undefined || name === query.source
      )
      const totals: Record<string, Record<string, number>> = {}
      const days = []
      let countedAt = deps.clock.now()
      for (const source of wanted) {
        const sums: Record<string, number> = {}
        // Nothing is of days to come.
        const end = Math.min(last, today) + dayMs
        for (const { day, counts, countedAt: at } of await countDays(deps, source, first, end)) {
          if (day === dayName(today)) countedAt = Math.min(countedAt, at)
          for (const [bearerId, status, count] of counts) {
            if (query.bearer_id !== undefined && bearerId !== query.bearer_id) continue
            days.push({ source: source.name, day, bearer_id: bearerId, status, count })
            sums[status] = (sums[status] ?? 0) + count
          }
        }
        totals[source.name] = sums
      }
      days.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
      return {
        from: dayName(first),
        to: dayName(last),
        days,
        totals,
        counted_at: isoTime(countedAt)
      }
    }
  )
}

/** @throws 422 for a day that no month has */
function dayIn(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const at = parseInstant(`${text}T00:00:00Z`)
  if (at === undefined) throw invalidValues([{ field, message: 'is no day, like 2026-11-23' }])
  return at
}
