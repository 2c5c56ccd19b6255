import { failedAnswer, failureOf, type FailedAnswer } from './callback-failures.ts'
import { digestAuthorization } from './digest-authentication.ts'
import { Fifo } from './fifo.ts'
import type { AnswerHeaders, HttpAnswer } from './http-answer.ts'
import { HttpConnections } from './http-connections.ts'

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
  /** Whether it goes where the answer leads; so it does, when absent. */
  followsRedirects?: boolean
  /** How many further attempts there may be, and after which answers. */
  retries?: number
  isRetried?: (answer: CallbackAnswer) => boolean
}

export type CallbackAnswer =
  | {
      ok: true
      status: number
      contentType: string
      headers: AnswerHeaders
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
  readonly #connections = new HttpConnections()
  readonly #waiting = new Fifo<() => void>()
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
    if (this.#inFlight >= this.#options.concurrency) await this.#untilAnotherEnds()
    else this.#inFlight++
    const { retries = 0, isRetried, totalTimeoutMs = this.#options.totalTimeoutMs } = callback
    const endsAt = performance.now() + totalTimeoutMs
    let attempts = 0
    let answer: CallbackAnswer
    do {
      attempts++
      answer = await this.#attempt(callback, endsAt)
    } while (attempts <= retries && performance.now() < endsAt && isRetried?.(answer) === true)
    const next = this.#waiting.shift()
    if (next === undefined) this.#inFlight--
    else next()
    return { answer, attempts }
  }

  close(): Promise<void> {
    this.#connections.close()
    return Promise.resolve()
  }

  #untilAnotherEnds(): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push(resolve)
    })
  }

  async #attempt(callback: CallbackRequest, endsAt: number): Promise<CallbackAnswer> {
    try {
      const asked = withBasic(callback)
      const answer = await this.#exchange(asked, endsAt)
      const isFinal = answer.status < 300 || (answer.status !== 401 && answer.status > 399)
      return isFinal || asked.followsRedirects === false
        ? read(answer, asked.url)
        : await this.#follow(asked, answer, endsAt)
    } catch (error) {
      return failedAnswer(failureOf(error))
    }
  }

  /** Goes where the answer leads: to the same request with a digest, or elsewhere. */
  async #follow(
    first: CallbackRequest,
    firstAnswer: HttpAnswer,
    endsAt: number
  ): Promise<CallbackAnswer> {
    let asked = first
    let answer = firstAnswer
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const digest = digestFor(asked, answer)
      if (digest !== undefined) {
        asked = { ...asked, headers: { ...asked.headers, authorization: digest } }
        answer = await this.#exchange(asked, endsAt)
      }
      const location = answer.headers['location']
      if (answer.status < 300 || answer.status > 399 || typeof location !== 'string') {
        return read(answer, asked.url)
      }
      if (redirects === maxRedirects) break
      asked = redirected(asked, answer.status, location)
      answer = await this.#exchange(asked, endsAt)
    }
    return failedAnswer('redirects')
  }

  #exchange(callback: CallbackRequest, endsAt: number): Promise<HttpAnswer> {
    const { maxBodyBytes } = this.#options
    return this.#connections.exchange(callback, {
      connectTimeoutMs: callback.connectTimeoutMs ?? this.#options.connectTimeoutMs,
      readTimeoutMs: callback.readTimeoutMs ?? this.#options.readTimeoutMs,
      hasServerName: callback.sni ?? true,
      endsAt,
      maxBodyBytes
    })
  }
}

function read({ status, headers, body }: HttpAnswer, url: string): CallbackAnswer {
  const type = headers['content-type']
  const contentType = typeof type === 'string' ? type : ''
  return {
    ok: true,
    status,
    contentType,
    headers,
    body: body.length === 0 ? '' : body.toString('utf8'),
    url
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
  { status, headers: { 'www-authenticate': challenge } }: HttpAnswer
): string | undefined {
  if (credentials === undefined || status !== 401 || challenge === undefined) return undefined
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
