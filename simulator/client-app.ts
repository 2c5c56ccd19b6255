import { timingSafeEqual } from 'node:crypto'

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { Webhook } from 'standardwebhooks'

/*
 * A client application as the server sees it: it takes events, checks who sent them, keeps them, and can be
 * told to misbehave. It stands in for the applications of a school in demos, tests and load runs.
 */

/** An event that arrived, whatever was answered to it. */
export interface ArrivedEvent {
  seq: number
  type: string
  eventId: string
  /** The status that was answered. */
  answered: number
  /** Basic auth and signature were right. */
  authentic: boolean
  payload: Record<string, unknown>
}

export interface ClientAppOptions {
  username: string
  password: string
  /** `whsec_…` */
  signingSecret: string
  /** Only the latest so many are kept. */
  retention?: number
}

export interface ClientApp {
  app: FastifyInstance
  /** Every event that arrived, oldest first. */
  events: ArrivedEvent[]
  /** How many arrived since the start, whether still kept or not. */
  arrived: () => number
  /** What it answers from now on; `undefined` for 204. `delayMs` is real time. */
  answerWith: (
    status: number | undefined,
    options?: { delayMs?: number; headers?: Record<string, string> }
  ) => void
  /** Told of each event as it arrives. */
  onEvent: (listener: (event: ArrivedEvent) => void) => void
  close: () => Promise<void>
}

export function createClientApp(options: ClientAppOptions): ClientApp {
  const { retention = 100_000 } = options
  const webhook = new Webhook(options.signingSecret)
  const expected = Buffer.from(
    `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`
  )
  const events: ArrivedEvent[] = []
  const listeners: ((event: ArrivedEvent) => void)[] = []
  let seq = 0
  let status: number | undefined
  let behaviour: { delayMs?: number; headers?: Record<string, string> } = {}

  const isAuthentic = (request: FastifyRequest, raw: string): boolean => {
    const given = Buffer.from(request.headers.authorization ?? '')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false
    const {
      'webhook-id': id,
      'webhook-timestamp': time,
      'webhook-signature': signature
    } = request.headers
    if (typeof id !== 'string' || typeof time !== 'string' || typeof signature !== 'string')
      return false
    try {
      // The sender's clock may be virtual, so the signature is compared and the time's age is not.
      return signature.split(' ').includes(webhook.sign(id, new Date(Number(time) * 1_000), raw))
    } catch {
      return false
    }
  }

  const app = fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>()
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, String(body))
  )

  app.post('/events', async (request, reply) => {
    const raw = typeof request.body === 'string' ? request.body : ''
    const authentic = isAuthentic(request, raw)
    const answered = authentic ? (status ?? 204) : 401
    const payload: Record<string, unknown> = JSON.parse(raw)
    const event = {
      seq: ++seq,
      type: String(payload['type']),
      eventId: String(request.headers['webhook-id']),
      answered,
      authentic,
      payload
    }
    events.push(event)
    if (events.length > retention * 1.1) events.splice(0, events.length - retention)
    for (const listener of listeners) listener(event)
    if (behaviour.delayMs !== undefined)
      await new Promise(resolve => setTimeout(resolve, behaviour.delayMs))
    if (behaviour.headers) void reply.headers(behaviour.headers)
    return reply.code(answered).send(answered === 204 ? undefined : { answered })
  })

  app.get(
    '/events',
    { schema: { querystring: Type.Object({ after: Type.Integer({ minimum: 0, default: 0 }) }) } },
    ({ query }) => events.filter(event => event.seq > query.after)
  )

  app.put('/behaviour', async ({ body }) => {
    const wanted: { status?: number; delay_ms?: number } = JSON.parse(String(body))
    status = wanted.status
    behaviour = wanted.delay_ms === undefined ? {} : { delayMs: wanted.delay_ms }
    return { status: status ?? 204, ...behaviour }
  })

  return {
    app,
    events,
    arrived: () => seq,
    answerWith: (next, how = {}) => {
      status = next
      behaviour = how
    },
    onEvent: listener => listeners.push(listener),
    close: () => app.close()
  }
}
