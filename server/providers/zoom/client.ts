import { createSigner } from 'fast-jwt'
import { Agent, type Dispatcher } from 'undici'
import type { Clock } from '../../platform/clock.ts'

/** The pair that signs requests to the REST API; another one than that of session tokens. */
export interface ApiCredentials {
  apiKey: string
  apiSecret: string
}

/** A refusal of the provider, or the lack of any answer: then without a status. */
export class ZoomRequestError extends Error {
  readonly status: number | undefined
  /** Zoom's own; it says little, for one code stands for many things. */
  readonly code: number | undefined
  /** When the provider said so. Milliseconds from now. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    about: {
      status?: number | undefined
      code?: number | undefined
      retryAfterMs?: number | undefined
      cause?: unknown
    } = {}
  ) {
    super(message, { cause: about.cause })
    this.status = about.status
    this.code = about.code
    this.retryAfterMs = about.retryAfterMs
  }
}

export interface ZoomRequest {
  method: 'GET' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/v2/videosdk`. Ids in it are encoded: see `encodeId`. */
  path: string
  query?: Readonly<Record<string, string>>
  body?: object
}

export interface ZoomClient {
  /**
   * The JSON of the answer; undefined when it has none.
   *
   * @throws ZoomRequestError
   */
  ask(request: ZoomRequest): Promise<unknown>
  /**
   * A file from the provider, following its redirects; the caller consumes the body. The API token goes to the
   * provider's own hosts and to no other.
   *
   * @throws ZoomRequestError
   */
  download(url: string): Promise<Dispatcher.ResponseData['body']>
  close(): Promise<void>
}

const liveUrl = 'https://api.zoom.us'
const timeoutMs = 15_000
const tokenSeconds = 3_600
const mostRedirects = 5

/**
 * Session ids are base64 and hold slashes. Zoom asks for them to be encoded twice where they begin with one or
 * hold two in a row; encoded twice they are understood always: https://developers.zoom.us/docs/api/video-sdk/
 */
export const encodeId = (id: string): string => encodeURIComponent(encodeURIComponent(id))

/**
 * @param baseUrl of mock-zoom; Zoom itself when absent. This is all the difference between the two.
 */
export function connectZoom(
  credentials: ApiCredentials,
  baseUrl: string | undefined,
  clock: Clock
): ZoomClient {
  const { origin } = new URL(baseUrl ?? liveUrl)
  const agent = new Agent({ connections: 32, pipelining: 1, keepAliveTimeout: 30_000 })
  const sign = createSigner({ key: credentials.apiSecret, algorithm: 'HS256' })
  let token = { text: '', staleAt: 0 }

  /** https://developers.zoom.us/docs/api/request/#video-sdk-api */
  function apiToken(): string {
    const now = Math.floor(clock.now() / 1_000)
    // A clock that was set back makes a token of the future useless.
    if (now >= token.staleAt || now < token.staleAt - tokenSeconds) {
      const iat = now - 30
      token = {
        text: sign({ iss: credentials.apiKey, iat, exp: iat + tokenSeconds }),
        staleAt: iat + tokenSeconds - 60
      }
    }
    return token.text
  }

  const isProviders = ({ hostname, origin: asked, protocol }: URL): boolean =>
    asked === origin ||
    (baseUrl === undefined && protocol === 'https:' && /(^|\.)zoom\.us$/.test(hostname))

  async function request(url: URL, options: Partial<Dispatcher.RequestOptions>) {
    try {
      return await agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        headersTimeout: timeoutMs,
        bodyTimeout: 2 * timeoutMs,
        ...options
      })
    } catch (error) {
      throw new ZoomRequestError(`No answer of Zoom: ${messageOf(error)}`, { cause: error })
    }
  }

  /** Reads the answer of what was refused. */
  async function refusal(answer: Dispatcher.ResponseData): Promise<ZoomRequestError> {
    const text = await answer.body.text().catch(() => '')
    const said = parsed(text)
    const { code, message } = isRecord(said) ? said : { code: undefined, message: undefined }
    return new ZoomRequestError(
      typeof message === 'string' ? message.slice(0, 500) : `Zoom answered ${answer.statusCode}`,
      {
        status: answer.statusCode,
        code: typeof code === 'number' ? code : undefined,
        retryAfterMs: retryAfterMs(answer.headers, clock.now())
      }
    )
  }

  return {
    async ask({ method, path, query = {}, body }) {
      const url = new URL(`${origin}/v2/videosdk${path}`)
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      const answer = await request(url, {
        method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${apiToken()}`,
          ...(body !== undefined && { 'content-type': 'application/json' })
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs)
      })
      if (answer.statusCode >= 300) throw await refusal(answer)
      try {
        const text = await answer.body.text()
        return text === '' ? undefined : parsed(text)
      } catch (error) {
        throw new ZoomRequestError(`Half an answer of Zoom: ${messageOf(error)}`, { cause: error })
      }
    },

    async download(from) {
      let url = URL.parse(from)
      for (let hop = 0; hop <= mostRedirects; hop++) {
        if (!url || !(isProviders(url) || (hop > 0 && url.protocol === 'https:')))
          throw new ZoomRequestError('The download leads to an address that is not of the provider')
        const answer = await request(url, {
          headers: isProviders(url) ? { authorization: `Bearer ${apiToken()}` } : {}
        })
        const { location } = answer.headers
        if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
          await answer.body.dump()
          url = URL.parse(location, url.href)
        } else if (answer.statusCode === 200) return answer.body
        else throw await refusal(answer)
      }
      throw new ZoomRequestError('The download leads from one address to the next without end')
    },

    close: () => agent.destroy()
  }
}

/** On the limit of a second or a minute a time in seconds; on that of a day a date, where others have seconds. */
function retryAfterMs(
  headers: Dispatcher.ResponseData['headers'],
  now: number
): number | undefined {
  const reset = Number(headers['x-ratelimit-reset'])
  if (reset > 0) return Math.max(reset * 1_000 - now, 0)
  const retryAfter = String(headers['retry-after'] ?? '')
  const at = /^\d+$/.test(retryAfter) ? now + Number(retryAfter) * 1_000 : Date.parse(retryAfter)
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
