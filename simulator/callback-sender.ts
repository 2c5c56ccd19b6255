import type { IncomingHttpHeaders } from 'node:http'
import { connect as connectTls } from 'node:tls'

import { Agent, buildConnector, request, type Dispatcher } from 'undici'

import { CallbackFailed, failedAnswer, failureOf, type FailedAnswer } from './callback-failures.ts'
import { afterRealTime } from './clock.ts'
import { digestAuthorization } from './digest-authentication.ts'

/*
 * How the provider's callbacks reach the application: over kept-alive connections, a bounded number at a
 * time, with the provider's limits on connecting, reading and all of it, which are the wall's seconds, since a
 * real socket does not know virtual time; or, where application and provider live in one process, by a call.
 */

export interface CallbackRequest {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string | undefined
  /** Sent as Basic at once, and as Digest when the application asks for that. */
  credentials?: { username: string; password: string; cnonce: string } | undefined
  connectTimeoutMs?: number
  /** Until the answer begins, and between its parts. */
  readTimeoutMs?: number
  /** For all attempts together. */
  totalTimeoutMs?: number
  /** Whether TLS tells the name of the host. */
  sni?: boolean
  /** How many further attempts there may be, and after which answers. */
  retries?: number
  isRetried?: (answer: CallbackAnswer) => boolean
}

export type CallbackAnswer =
  | {
      ok: true
      status: number
      contentType: string
      headers: IncomingHttpHeaders
      body: string
      /** Where it came from in the end. */
      url: string
    }
  | FailedAnswer

export interface CallbackResult {
  answer: CallbackAnswer
  attempts: number
}

export interface CallbackSender {
  /** Never rejects: a failure is an answer too. */
  send: (callback: CallbackRequest) => Promise<CallbackResult>
  close: () => Promise<void>
}

/** What an application in the same process answers. */
export interface CallbackReply {
  status: number
  contentType?: string
  body?: string
}

/** An application in the same process. What it throws is a connection that failed. */
export type CallbackTransport = (
  callback: CallbackRequest
) => CallbackReply | Promise<CallbackReply>

export interface NetworkCallbackOptions {
  /** How many callbacks are in flight at once. */
  concurrency?: number
  connectTimeoutMs?: number
  readTimeoutMs?: number
  totalTimeoutMs?: number
  maxBodyBytes?: number
}

const maxRedirects = 10

/**
 * Over kept-alive connections, a bounded number at a time, with the provider's limits on connecting and
 * reading, which are the wall's seconds: a real socket does not know virtual time.
 */
export class NetworkCallbackSender implements CallbackSender {
  readonly #options: Required<NetworkCallbackOptions>
  readonly #agents = new Map<number, Agent>()
  readonly #waiting: (() => void)[] = []
  #inFlight = 0

  constructor(options: NetworkCallbackOptions = {}) {
    this.#options = {
      concurrency: 64,
      connectTimeoutMs: 5000,
      readTimeoutMs: 15_000,
      totalTimeoutMs: 15_000,
      maxBodyBytes: 64 * 1024,
      ...options
    }
  }

  async send(callback: CallbackRequest): Promise<CallbackResult> {
    if (this.#inFlight >= this.#options.concurrency) {
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    } else {
      this.#inFlight++
    }
    const controller = new AbortController()
    const limit = afterRealTime(callback.totalTimeoutMs ?? this.#options.totalTimeoutMs, () =>
      controller.abort(new CallbackFailed('total_timeout'))
    )
    try {
      return await this.#attempt(callback, controller.signal)
    } finally {
      limit.cancel()
      const next = this.#waiting.shift()
      if (next === undefined) this.#inFlight--
      else next()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map(agent => agent.destroy()))
    this.#agents.clear()
  }

  async #attempt(callback: CallbackRequest, signal: AbortSignal): Promise<CallbackResult> {
    const { retries = 0, isRetried } = callback
    for (let attempts = 1; ; attempts++) {
      const answer = await this.#follow(callback, signal)
      if (attempts > retries || signal.aborted || isRetried?.(answer) !== true) {
        return { answer, attempts }
      }
    }
  }

  async #follow(callback: CallbackRequest, signal: AbortSignal): Promise<CallbackAnswer> {
    try {
      let asked = withBasic(callback)
      for (let redirects = 0; redirects <= maxRedirects; redirects++) {
        let answer = await this.#request(asked, signal)
        const digest = digestFor(asked, answer)
        if (digest !== undefined) {
          await answer.body.dump()
          asked = { ...asked, headers: { ...asked.headers, authorization: digest } }
          answer = await this.#request(asked, signal)
        }
        const location = answer.headers['location']
        if (answer.statusCode < 300 || answer.statusCode > 399 || typeof location !== 'string') {
          return await this.#read(answer, asked.url)
        }
        await answer.body.dump()
        asked = redirected(asked, answer.statusCode, location)
      }
      return failedAnswer('redirects')
    } catch (error) {
      return failedAnswer(failureOf(error))
    }
  }

  #request(callback: CallbackRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const readTimeoutMs = callback.readTimeoutMs ?? this.#options.readTimeoutMs
    const connectTimeoutMs = callback.connectTimeoutMs ?? this.#options.connectTimeoutMs
    return request(callback.url, {
      method: callback.method,
      headers: callback.headers,
      body: callback.body ?? null,
      dispatcher: this.#agent(connectTimeoutMs, callback.sni ?? true),
      headersTimeout: readTimeoutMs,
      bodyTimeout: readTimeoutMs,
      signal
    })
  }

  async #read(answer: Dispatcher.ResponseData, url: string): Promise<CallbackAnswer> {
    const { statusCode: status, headers } = answer
    const isShort = Number(headers['content-length']) <= this.#options.maxBodyBytes
    const body =
      isShort || status === 204 ? await answer.body.text() : await this.#readBounded(answer.body)
    const type = headers['content-type']
    const contentType = typeof type === 'string' ? type : ''
    return { ok: true, status, contentType, headers, body, url }
  }

  async #readBounded(body: AsyncIterable<unknown>): Promise<string> {
    const parts: Buffer[] = []
    let size = 0
    for await (const part of body) {
      if (!Buffer.isBuffer(part)) continue
      size += part.length
      if (size > this.#options.maxBodyBytes) throw new CallbackFailed('too_large')
      parts.push(part)
    }
    return Buffer.concat(parts).toString('utf8')
  }

  #agent(connectTimeoutMs: number, sni: boolean): Agent {
    const key = connectTimeoutMs * 2 + Number(sni)
    let agent = this.#agents.get(key)
    if (agent === undefined) {
      agent = new Agent({
        connect: sni ? { timeout: connectTimeoutMs } : withoutServerName(connectTimeoutMs),
        connections: this.#options.concurrency,
        pipelining: 1
      })
      this.#agents.set(key, agent)
    }
    return agent
  }
}

/** Opens no socket, follows no redirect and tries once, so that a run of it is the same every time. */
export function inProcessCallbackSender(transport: CallbackTransport): CallbackSender {
  return {
    send: async callback => {
      try {
        const { status, contentType = '', body = '' } = await transport(withBasic(callback))
        const { url } = callback
        return { answer: { ok: true, status, contentType, headers: {}, body, url }, attempts: 1 }
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        return { answer: { ...failedAnswer('connect'), message }, attempts: 1 }
      }
    },
    close: async () => undefined
  }
}

function withBasic(callback: CallbackRequest): CallbackRequest {
  if (callback.credentials === undefined) return callback
  const { username, password } = callback.credentials
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  return { ...callback, headers: { ...callback.headers, authorization } }
}

function digestFor(
  { credentials, method, url, headers }: CallbackRequest,
  { statusCode, headers: { 'www-authenticate': challenge } }: Dispatcher.ResponseData
): string | undefined {
  if (credentials === undefined || statusCode !== 401 || challenge === undefined) return undefined
  if (headers['authorization']?.startsWith('Digest')) return undefined
  const { pathname, search } = new URL(url)
  return digestAuthorization(String(challenge), {
    ...credentials,
    method,
    uri: pathname + search
  })
}

/** Elsewhere, nobody is told the secrets of here; a 307 and a 308 ask for the same request again. */
function redirected(callback: CallbackRequest, status: number, location: string): CallbackRequest {
  const url = new URL(location, callback.url)
  url.hash = ''
  const { 'content-type': contentType, authorization, ...headers } = callback.headers
  const isHere = url.origin === new URL(callback.url).origin
  const isKept = status >= 307
  return {
    ...callback,
    url: url.href,
    method: isKept ? callback.method : 'GET',
    body: isKept ? callback.body : undefined,
    credentials: isHere ? callback.credentials : undefined,
    headers: {
      ...headers,
      ...(isKept && contentType !== undefined ? { 'content-type': contentType } : {}),
      ...(isHere && authorization !== undefined ? { authorization } : {})
    }
  }
}

/** undici puts the host's name wherever there is none. */
function withoutServerName(timeoutMs: number): buildConnector.connector {
  const plain = buildConnector({ timeout: timeoutMs })
  return (options, callback) => {
    if (options.protocol !== 'https:') {
      plain(options, callback)
      return
    }
    const socket = connectTls({
      host: options.hostname,
      port: Number(options.port || 443),
      servername: ''
    })
    const limit = afterRealTime(timeoutMs, () => {
      socket.destroy(new CallbackFailed('connect_timeout'))
    })
    socket.once('secureConnect', () => {
      limit.cancel()
      callback(null, socket)
    })
    socket.once('error', error => {
      limit.cancel()
      callback(error, null)
    })
  }
}
