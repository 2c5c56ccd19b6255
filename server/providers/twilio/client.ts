import type { Readable } from 'node:stream'
import twilio from 'twilio'
import { Agent } from 'undici'
import { callHttp } from '../../platform/http-call.ts'

export type TwilioClient = ReturnType<typeof twilio>

export interface TwilioCredentials {
  accountSid: string
  apiKey: string
  apiSecret: string
}

export interface TwilioConnection {
  client: TwilioClient
  /** A file of the account's, by its path under the account; its bytes must be read to their end. */
  download(path: string): Promise<{ status: number; contentType: string; body: Readable }>
  close(): Promise<void>
}

/** What the SDK asks of an HTTP client; it fills more fields, which are of its own client's. */
interface SdkRequest {
  method: string
  uri: string
  username?: string
  password?: string
  headers?: Record<string, string>
  params?: Record<string, unknown>
  data?: Record<string, unknown>
  timeout?: number
}

const defaultTimeoutMs = 15_000

/**
 * The official SDK over undici, whose sockets are kept and whose cost is a fraction of the SDK's own client.
 *
 * The SDK has no base-URL option. With `baseUrl` every product host becomes the first segment of its path:
 * `https://api.twilio.com/2010-…` goes to `<baseUrl>/api.twilio.com/2010-…`; this is all the difference
 * between the mock and the provider.
 */
export function connectTwilio(
  credentials: TwilioCredentials,
  baseUrl: string | undefined
): TwilioConnection {
  // As many as the lanes have texts in flight: none of them waits in a line for another's connection.
  const agent = new Agent({ connections: 256, pipelining: 1, keepAliveTimeout: 30_000 })

  async function request(
    options: SdkRequest
  ): Promise<{ statusCode: number; body: unknown; headers: unknown }> {
    const url = new URL(
      baseUrl === undefined ? options.uri : `${baseUrl}/${options.uri.slice('https://'.length)}`
    )
    appendAll(url.searchParams, options.params)
    const answer = await callHttp(agent, {
      origin: url.origin,
      path: url.pathname + url.search,
      method: options.method.toUpperCase(),
      headers: { ...options.headers, authorization: basicAuth(options.username, options.password) },
      body: options.data === undefined ? null : formEncoded(options.data),
      timeoutMs: options.timeout ?? defaultTimeoutMs
    })
    return {
      statusCode: answer.statusCode,
      body: parsed(answer.body.toString('utf8')),
      headers: answer.headers
    }
  }

  const client = twilio(credentials.apiKey, credentials.apiSecret, {
    accountSid: credentials.accountSid,
    // The SDK types this as its own class and uses nothing but `request`.
    httpClient: { request } as unknown as NonNullable<Parameters<typeof twilio>[2]>['httpClient'] &
      object
  })
  async function download(path: string) {
    const account = `https://api.twilio.com/2010-04-01/Accounts/${credentials.accountSid}/${path}`
    const url = new URL(baseUrl === undefined ? account : `${baseUrl}/${account.slice(8)}`)
    const answer = await agent.request({
      origin: url.origin,
      path: url.pathname,
      method: 'GET',
      headers: { authorization: basicAuth(credentials.apiKey, credentials.apiSecret) },
      headersTimeout: defaultTimeoutMs,
      bodyTimeout: defaultTimeoutMs
    })
    const contentType = String(answer.headers['content-type'] ?? '')
    return { status: answer.statusCode, contentType, body: answer.body }
  }
  return { client, download, close: () => agent.destroy() }
}

const basicAuth = (username = '', password = ''): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

/** Lists as repeated keys (`MediaUrl=a&MediaUrl=b`), as the provider expects them. */
function appendAll(form: URLSearchParams, values: Record<string, unknown> = {}): void {
  for (const [name, value] of Object.entries(values)) {
    for (const item of Array.isArray(value) ? value : [value])
      if (item !== undefined) form.append(name, String(item))
  }
}

function formEncoded(data: Record<string, unknown>): string {
  const form = new URLSearchParams()
  appendAll(form, data)
  return form.toString()
}

/** JSON where it is; a proxy's HTML stays text, and the SDK reports it by its status. */
function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return text
  }
}
