import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type TSchema } from '@sinclair/typebox'

import type { VirtualClock } from './clock.ts'
import { NewFault, type FaultRules } from './faults.ts'
import type { Journal, JournalMatch } from './journal.ts'

/*
 * The control API that every mock offers under /_mock. It is for tests and people, never for the application
 * under test. A request speaks about one world, named by the header X-Mock-World.
 */

export interface Alert {
  seq: number
  at: string
  code: number
  message: string
  [field: string]: unknown
}

export interface ControlledWorld {
  readonly name: string
  readonly seed: string
  readonly journal: Journal
  readonly faults: FaultRules
  readonly alerts: readonly Alert[]
}

export interface ControlOptions {
  product: string
  clock: VirtualClock
  /** The shape of a reset's body. */
  resetBody: TSchema
  findWorld: (name: string | undefined) => ControlledWorld | undefined
  reset: (name: string | undefined, body: unknown) => unknown
}

/** A control request that cannot be carried out, told in words. */
export class ControlRefusal extends Error {
  readonly statusCode: number

  constructor(statusCode: number, message: string) {
    super(message)
    this.name = 'ControlRefusal'
    this.statusCode = statusCode
  }
}

const Time = Type.Union([Type.Integer({ minimum: 0 }), Type.String({ format: 'date-time' })])

const ClockChange = Type.Object(
  {
    mode: Type.Optional(
      Type.Union([Type.Literal('real'), Type.Literal('frozen'), Type.Literal('rate')])
    ),
    rate: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    set: Type.Optional(Time),
    advance: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.String()]))
  },
  { additionalProperties: false }
)

const JournalQuery = Type.Object(
  {
    kind: Type.Optional(Type.String()),
    sid: Type.Optional(Type.String()),
    number: Type.Optional(Type.String()),
    status: Type.Optional(Type.String()),
    after: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 }))
  },
  { additionalProperties: false }
)

const Await = Type.Object(
  {
    match: Type.Record(Type.String(), Type.Unknown()),
    count: Type.Optional(Type.Integer({ minimum: 1 })),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
    after: Type.Optional(Type.Integer({ minimum: 0 }))
  },
  { additionalProperties: false }
)

export const control: FastifyPluginAsyncTypebox<ControlOptions> = async (app, options) => {
  const { clock } = options

  /** The name in the request's header. */
  const nameIn = (headers: Record<string, unknown>): string | undefined => {
    const name = headers['x-mock-world']
    return typeof name === 'string' && name !== '' ? name : undefined
  }

  const worldOf = (request: { headers: Record<string, unknown> }): ControlledWorld => {
    const name = nameIn(request.headers)
    const world = options.findWorld(name)
    if (world === undefined) {
      const hint = 'POST /_mock/reset with the header X-Mock-World creates one'
      throw new ControlRefusal(404, `no world "${name ?? 'default'}": ${hint}`)
    }
    return world
  }

  app.get('/_mock/health', () => ({
    status: 'ok',
    product: options.product,
    clock: clock.describe(),
    pending_timers: clock.pendingTimers
  }))

  app.get('/_mock/clock', () => clock.describe())

  app.post('/_mock/clock', { schema: { body: ClockChange } }, async ({ body }) => {
    try {
      if (body.set !== undefined) {
        clock.set(typeof body.set === 'number' ? body.set : Date.parse(body.set))
      }
      if (body.mode !== undefined) clock.setMode(body.mode, body.rate)
      else if (body.rate !== undefined) clock.setMode('rate', body.rate)
    } catch (error) {
      throw outOfRange(error)
    }
    if (body.advance !== undefined) await advance(clock, body.advance)
    else if (body.set !== undefined) await clock.advance(0)
    return clock.describe()
  })

  app.get('/_mock/journal', { schema: { querystring: JournalQuery } }, request => {
    const { after, limit, ...match } = request.query
    return worldOf(request).journal.list({
      match,
      ...(after === undefined ? {} : { after }),
      ...(limit === undefined ? {} : { limit })
    })
  })

  app.post('/_mock/await', { schema: { body: Await } }, async (request, reply) => {
    const { match, count = 1, timeout_ms: timeoutMs = 5000, after = 0 } = request.body
    const world = worldOf(request)
    const result = await world.journal.await(match, count, timeoutMs, after)
    if (result.found) return result.entries
    return reply.code(408).send({
      error: explain(match, count, result.entries.length, timeoutMs),
      entries: result.entries,
      near_misses: result.near_misses,
      seen: result.seen
    })
  })

  app.post(
    '/_mock/reset',
    {
      schema: { body: options.resetBody },
      // A reset without a body is one that changes nothing of how the world begins.
      preValidation: (request, _reply, done) => {
        request.body ??= {}
        done()
      }
    },
    ({ headers, body }) => options.reset(nameIn(headers), body)
  )

  app.get('/_mock/faults', request => worldOf(request).faults.list())

  app.post('/_mock/faults', { schema: { body: NewFault } }, async (request, reply) => {
    reply.code(201)
    return worldOf(request).faults.add(request.body)
  })

  app.delete(
    '/_mock/faults/:id',
    { schema: { params: Type.Object({ id: Type.String() }) } },
    async (request, reply) => {
      const { id } = request.params
      if (!worldOf(request).faults.remove(id)) throw new ControlRefusal(404, `no fault "${id}"`)
      return reply.code(204).send()
    }
  )

  app.get('/_mock/alerts', request => worldOf(request).alerts)

  for (const method of ['GET', 'POST'] as const) {
    app.route({
      method,
      url: '/_mock/snapshot',
      handler: async () => {
        throw new ControlRefusal(501, 'snapshots are not built yet: use /_mock/reset and a seed')
      }
    })
  }
}

function advance(clock: VirtualClock, duration: number | string): Promise<void> {
  try {
    return clock.advance(duration)
  } catch (error) {
    throw outOfRange(error)
  }
}

function outOfRange(error: unknown): unknown {
  return error instanceof RangeError ? new ControlRefusal(400, error.message) : error
}

function explain(match: JournalMatch, count: number, present: number, timeoutMs: number): string {
  return `waited ${timeoutMs} ms for ${count} of ${JSON.stringify(match)}, saw ${present}`
}
