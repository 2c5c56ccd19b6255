import { createHmac } from 'node:crypto'
import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, buildConnector } from 'undici'
import { stopwatch } from '../../platform/clock.ts'
import { callHttp } from '../../platform/http-call.ts'
import { storable } from '../../platform/storable.ts'

/** One POST to a client application. */
export interface EventRequest {
  url: string
  eventId: string
  payload: string
  username: string
  password: string
  /** Standard Webhooks secret: `whsec_…`. */
  signingSecret: string
  /** The time of this attempt. */
  at: number
}

/** What came of an attempt. `statusCode` is null when no answer came; the error then says why. */
export interface EventAnswer {
  statusCode: number | null
  error: string | null
  /** The first 2 KB of the answer. */
  response: string | null
  /** From `Retry-After`. */
  retryAfterMs: number | undefined
  durationMs: number
}

export interface EventSender {
  send(request: EventRequest): Promise<EventAnswer>
  close(): Promise<void>
}

const longestResponse = 2_048

/**
 * Sends client events. Addresses are checked when the connection is made, after the name is resolved, so that
 * a name cannot be pointed at the inside of our network between check and use. Redirects are not followed.
 */
export function createEventSender({
  allowPrivate,
  timeoutMs
}: {
  allowPrivate: boolean
  timeoutMs: number
}): EventSender {
  const agent = new Agent({
    // As many as are in flight at most: an attempt's time must not run out in a queue of our own.
    connections: 256,
    keepAliveTimeout: 10_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: allowPrivate ? { timeout: timeoutMs } : publicOnly(timeoutMs)
  })

  async function post(request: EventRequest): Promise<Omit<EventAnswer, 'durationMs'>> {
    const url = new URL(request.url)
    const timestamp = Math.floor(request.at / 1_000)
    const answer = await callHttp(agent, {
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'common-services/1',
        authorization: `Basic ${Buffer.from(`${request.username}:${request.password}`).toString('base64')}`,
        'webhook-id': request.eventId,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign(request, timestamp)
      },
      body: request.payload,
      timeoutMs,
      mostBytes: longestResponse
    })
    return {
      statusCode: answer.statusCode,
      error: null,
      response: storable(answer.body.subarray(0, longestResponse).toString('utf8')),
      retryAfterMs: retryAfter(answer.headers['retry-after'], request.at)
    }
  }

  return {
    async send(request) {
      const startedAt = stopwatch()
      const result = await post(request).catch((error: unknown) => ({
        statusCode: null,
        error: describe(error),
        response: null,
        retryAfterMs: undefined
      }))
      return { ...result, durationMs: Math.round(stopwatch() - startedAt) }
    },
    // Whoever closes has waited long enough for what is in flight.
    close: () => agent.destroy()
  }
}

/** A connector that refuses every address that is not public unicast. */
function publicOnly(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup: lookupPublic })
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    // A literal address is connected to without a look-up.
    if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(privateAddress(host), null)
    return connect(options, callback)
  }
}

const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '')
    const forbidden = addresses.find(({ address }) => !isPublicAddress(address))
    const [first] = addresses
    if (forbidden || !first) return callback(privateAddress(forbidden?.address ?? hostname), '')
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
  })
}

/** Whether an address is public: not private, loopback, link-local (metadata services), mapped or reserved. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.process(address)
  // Of IPv6, only 2000::/3 is given out; what else counts as unicast (::7f00:1) has old meanings.
  return (
    parsed.range() === 'unicast' &&
    (parsed.kind() === 'ipv4' || /^[23]...:/.test(parsed.toNormalizedString()))
  )
}

const privateAddress = (address: string): Error =>
  new Error(`callback address ${address} is not public`)

const secretPrefix = 'whsec_'

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
function sign({ signingSecret, eventId, payload }: EventRequest, timestamp: number): string {
  const secret = signingSecret.startsWith(secretPrefix)
    ? signingSecret.slice(secretPrefix.length)
    : signingSecret
  const signature = createHmac('sha256', Buffer.from(secret, 'base64'))
    .update(`${eventId}.${timestamp}.${payload}`)
    .digest('base64')
  return `v1,${signature}`
}

/** Seconds, or a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). */
function retryAfter(header: string | string[] | undefined, now: number): number | undefined {
  if (typeof header !== 'string') return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(date - now, 0)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : ''
  return storable(`${code}${error.message}`.slice(0, 500))
}
