import { Agent, request, type Dispatcher } from 'undici'

/*
 * How the provider's callbacks reach the application: over the network, or, where application and provider
 * live in one process, by a call.
 */

export interface CallbackRequest {
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string | undefined
  connectTimeoutMs?: number
  readTimeoutMs?: number
}

export type CallbackFailure = 'connect' | 'timeout' | 'dns' | 'protocol' | 'redirects' | 'too_large'

export type CallbackAnswer =
  | { ok: true; status: number; contentType: string; body: string; url: string }
  | { ok: false; failure: CallbackFailure; message: string }

export interface CallbackSender {
  /** Never rejects: a failure is an answer too. */
  send: (callback: CallbackRequest) => Promise<CallbackAnswer>
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
      maxBodyBytes: 64 * 1024,
      ...options
    }
  }

  async send(callback: CallbackRequest): Promise<CallbackAnswer> {
    if (this.#inFlight >= this.#options.concurrency) {
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    } else {
      this.#inFlight++
    }
    try {
      return await this.#follow(callback)
    } catch (error) {
      return failed(error)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#inFlight--
      else next()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map(agent => agent.destroy()))
    this.#agents.clear()
  }

  async #follow(callback: CallbackRequest): Promise<CallbackAnswer> {
    let { url, method, body } = callback
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const answer = await this.#request({ ...callback, url, method, body })
      const location = answer.headers['location']
      if (answer.statusCode < 300 || answer.statusCode > 399 || typeof location !== 'string') {
        return await this.#read(answer, url)
      }
      await answer.body.dump()
      url = new URL(location, url).href
      if (answer.statusCode < 307) {
        method = 'GET'
        body = undefined
      }
    }
    return { ok: false, failure: 'redirects', message: `more than ${maxRedirects} redirects` }
  }

  #request(callback: CallbackRequest): Promise<Dispatcher.ResponseData> {
    const readTimeoutMs = callback.readTimeoutMs ?? this.#options.readTimeoutMs
    return request(callback.url, {
      method: callback.method,
      headers: callback.headers,
      body: callback.body ?? null,
      dispatcher: this.#agent(callback.connectTimeoutMs ?? this.#options.connectTimeoutMs),
      headersTimeout: readTimeoutMs,
      bodyTimeout: readTimeoutMs
    })
  }

  async #read(answer: Dispatcher.ResponseData, url: string): Promise<CallbackAnswer> {
    const body = await answer.body.text()
    if (Buffer.byteLength(body) > this.#options.maxBodyBytes) {
      const message = `an answer of more than ${this.#options.maxBodyBytes} bytes`
      return { ok: false, failure: 'too_large', message }
    }
    const contentType = answer.headers['content-type']
    return {
      ok: true,
      status: answer.statusCode,
      contentType: typeof contentType === 'string' ? contentType : '',
      body,
      url
    }
  }

  #agent(connectTimeoutMs: number): Agent {
    let agent = this.#agents.get(connectTimeoutMs)
    if (agent === undefined) {
      agent = new Agent({
        connect: { timeout: connectTimeoutMs },
        connections: this.#options.concurrency,
        pipelining: 1
      })
      this.#agents.set(connectTimeoutMs, agent)
    }
    return agent
  }
}

/** Opens no socket and follows no redirect, so that a run of it is the same every time. */
export function inProcessCallbackSender(transport: CallbackTransport): CallbackSender {
  return {
    send: async callback => {
      try {
        const { status, contentType = '', body = '' } = await transport(callback)
        return { ok: true, status, contentType, body, url: callback.url }
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        return { ok: false, failure: 'connect', message }
      }
    },
    close: async () => undefined
  }
}

const connectCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET'
])

function failed(error: unknown): CallbackAnswer {
  const message = error instanceof Error ? error.message || error.name : String(error)
  const code = errorCode(error)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { ok: false, failure: 'dns', message }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return { ok: false, failure: 'timeout', message }
  }
  if (connectCodes.has(code)) return { ok: false, failure: 'connect', message: message || code }
  return { ok: false, failure: 'protocol', message }
}

function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0])
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return ''
}
