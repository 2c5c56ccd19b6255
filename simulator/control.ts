import { Readable } from 'node:stream'

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type TSchema } from '@sinclair/typebox'

import type { Alerts } from './alerts.ts'
import { aheadBy, mostOffsetMs, type VirtualClock } from './clock.ts'
import { ControlRefusal } from './control-refusal.ts'
import { NewFault } from './fault-schema.ts'
import type { FaultRules } from './faults.ts'
import { lineOf, type Journal, type JournalEntry, type JournalMatch } from './journal.ts'
import { snapshotControl, type SnapshotOptions } from './snapshot-control.ts'

/*
 * The control API that every mock offers under /_mock. It is for tests and people, never for the application
 * under test. A request speaks about one world, named by the header X-Mock-World.
 */

export interface ControlledWorld {
  readonly name: string
  readonly seed: string
  readonly journal: Journal
  readonly faults: FaultRules
  readonly alertLog: Alerts
  /** How far the world's time is ahead of the clock that all worlds share. */
  clockOffsetMs?: number
}

export interface ControlOptions {
  product: string
  clock: VirtualClock
  /** The shape of a reset's body. */
  resetBody: TSchema
  findWorld: (name: string | undefined) => ControlledWorld | undefined
  reset: (name: string | undefined, body: unknown) => unknown
  snapshots: SnapshotOptions
}

const Time = Type.Union([Type.Integer({ minimum: 0 }), Type.String({ format: 'date-time' })])

const ClockChange = Type.Object(
  {
    mode: Type.Optional(
      Type.Union([Type.Literal('real'), Type.Literal('frozen'), Type.Literal('rate')])
    ),
    rate: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    set: Type.Optional(Time),
    advance: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.String()])),
    offset_ms: Type.Optional(
      Type.Integer({
        minimum: -mostOffsetMs,
        maximum: mostOffsetMs,
        description: "how far this one world's time is ahead of the clock"
      })
    )
  },
  { additionalProperties: false }
)

const JournalQuery = Type.Object(
  {
    kind: Type.Optional(Type.String()),
    sid: Type.Optional(Type.String()),
    number: Type.Optional(Type.String()),
    status: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
    operation: Type.Optional(Type.String()),
    event: Type.Optional(Type.String()),
    session_name: Type.Optional(Type.String()),
    request_id: Type.Optional(Type.String()),
    body_contains: Type.Optional(Type.String()),
    after: Type.Optional(Type.Integer({ minimum: 0 })),
    before: Type.Optional(Type.Integer({ minimum: 0 })),
    since: Type.Optional(Type.String({ description: 'virtual time: ISO 8601, or milliseconds' })),
    until: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    keep: Type.Optional(Type.Union([Type.Literal('newest'), Type.Literal('oldest')])),
    format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('ndjson')]))
  },
  { additionalProperties: false }
)

const AlertsQuery = Type.Object(
  {
    code: Type.Optional(Type.Integer()),
    sid: Type.Optional(Type.String()),
    severity: Type.Optional(Type.Union([Type.Literal('error'), Type.Literal('warning')])),
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

  app.get('/_mock/clock', request =>
    describeClock(clock, options.findWorld(nameIn(request.headers)))
  )

  app.post('/_mock/clock', { schema: { body: ClockChange } }, async ({ body, headers }) => {
    if (body.offset_ms !== undefined) {
      // The text "Infinity" has passed for a number at the door.
      if (!Number.isFinite(body.offset_ms)) {
        throw new ControlRefusal(400, `offset_ms is a whole number, got ${body.offset_ms}`)
      }
      worldOf({ headers }).clockOffsetMs = body.offset_ms
    }
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
    return describeClock(clock, options.findWorld(nameIn(headers)))
  })

  app.get('/_mock/journal', { schema: { querystring: JournalQuery } }, (request, reply) => {
    const { after, before, since, until, limit, keep, format, ...match } = request.query
    const filter = { match, after, before, since: time(since), until: time(until), limit, keep }
    const { journal } = worldOf(request)
    if (format === 'ndjson' || (format === undefined && wantsLines(request.headers.accept))) {
      const entries = journal.list({ ...filter, limit: limit ?? Number.POSITIVE_INFINITY })
      return reply.type('application/x-ndjson').send(Readable.from(linesOf(entries)))
    }
    const { entries, next } = journal.page(filter)
    if (next !== undefined) {
      void reply.header('Link', `<${withParameters(request.url, next)}>; rel="next"`)
    }
    return reply.send(entries)
  })

  app.get('/_mock/journal/digest', request => {
    const { journal } = worldOf(request)
    const digest = journal.digest()
    if (digest === undefined) {
      throw new ControlRefusal(
        409,
        'entries have been dropped that no digest was kept of: start the mock with digest: true'
      )
    }
    return { digest, last_seq: journal.lastSeq }
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
      seen: result.seen,
      ...(world.faults.isEmpty ? {} : { faults: whatRulesDid(world.faults) })
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

  app.post('/_mock/faults', { schema: { body: NewFault } }, (request, reply) => {
    const { faults } = worldOf(request)
    return reply.code(201).send(sensibly(() => faults.add(request.body)))
  })

  app.get(
    '/_mock/faults/explain',
    { schema: { querystring: Type.Object({ seq: Type.Integer({ minimum: 1 }) }) } },
    request => {
      const { seq } = request.query
      const rules = worldOf(request).faults.explanationOf(seq)
      if (rules === undefined) {
        const which = 'a request that met rules and was touched by none, one of the latest'
        throw new ControlRefusal(404, `journal entry ${seq} is not ${which}`)
      }
      return { seq, rules }
    }
  )

  app.delete('/_mock/faults', (request, reply) => {
    worldOf(request).faults.clear()
    return reply.code(204).send()
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

  app.get('/_mock/alerts', { schema: { querystring: AlertsQuery } }, request =>
    worldOf(request).alertLog.list(request.query)
  )

  await app.register(snapshotControl, { ...options.snapshots, worldOf, nameIn })
}

function describeClock(clock: VirtualClock, world: ControlledWorld | undefined) {
  const state = clock.describe()
  const offset = world?.clockOffsetMs ?? 0
  if (offset === 0) return state
  const worldNow = new Date(aheadBy(offset, state.now_ms)).toISOString()
  return { ...state, offset_ms: offset, world_now: worldNow }
}

function advance(clock: VirtualClock, duration: number | string): Promise<void> {
  return sensibly(() => clock.advance(duration))
}

/** What makes no sense is the caller's mistake. */
function sensibly<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw outOfRange(error)
  }
}

function time(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isNaN(ms)) {
    throw new ControlRefusal(400, `a time is ISO 8601 or milliseconds, got "${text}"`)
  }
  return ms
}

function wantsLines(accept: string | undefined): boolean {
  return accept?.includes('application/x-ndjson') === true
}

function* linesOf(entries: readonly JournalEntry[]): Generator<string, void, void> {
  for (let start = 0; start < entries.length; start += 500) {
    yield entries
      .slice(start, start + 500)
      .map(lineOf)
      .join('')
  }
}

function withParameters(url: string, parameters: Readonly<Record<string, number>>): string {
  const [path = '', query] = url.split('?')
  const all = new URLSearchParams(query)
  for (const [name, value] of Object.entries(parameters)) all.set(name, String(value))
  return `${path}?${all.toString()}`
}

/** Of each rule, in a sentence: how often it took effect, and why not the last time that it did not. */
function whatRulesDid(faults: FaultRules): string[] {
  return faults.list().map(({ id, effect, applied, last_misses: misses }) => {
    const last = misses.at(-1)
    const why = last === undefined ? '' : `; the last time it did not because ${last.because}`
    return `${id} (${effect.type}) applied ${applied} times${why}`
  })
}

function outOfRange(error: unknown): unknown {
  return error instanceof RangeError ? new ControlRefusal(400, error.message) : error
}

function explain(match: JournalMatch, count: number, present: number, timeoutMs: number): string {
  return `waited ${timeoutMs} ms for ${count} of ${JSON.stringify(match)}, saw ${present}`
}
