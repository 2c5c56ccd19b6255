import { Agent, request } from 'undici'
import type { Operation } from './document.ts'
import { isJson, type Json } from './json.ts'
import { createLeakWatch, type LeakWatch } from './leaks.ts'
import type { Ledger } from './ledger.ts'
import { sendPipelined } from './pipelined.ts'
import type { Answer, ResponseJudge } from './response-judge.ts'

/** A request of an operation, before it is sent. */
export interface Call {
  operation: Operation
  params?: Readonly<Record<string, string | number>>
  query?: Readonly<Record<string, string>>
  /** Sent as JSON, or as a form where the operation takes one. */
  body?: unknown
  /** Sent as it is, instead of `body`. */
  raw?: { type: string | null; content: string | Buffer }
  /** null for none. */
  token: string | null
  headers?: Readonly<Record<string, string>>
  /** Of the path, instead of the one of the operation. */
  url?: string
  method?: string
  /** Straight to the server: Prism answers it by itself or would not pass it on as it is. */
  around?: boolean
  /** What the document does not describe: its answer is not held against it. */
  offDocument?: boolean
  /** Gives out a secret that it then rightly holds. */
  secret?: boolean
}

export interface Exchange extends Answer {
  operation: Operation
  url: string
  ms: number
  /** A command that repeats it. */
  curl: string
}

export interface Client {
  send(call: Call): Promise<Exchange>
  /** The same call several times at the very same moment. Fewer answers where a proxy in between objects. */
  sendTogether(call: Call, times: number): Promise<Exchange[]>
  leaks: LeakWatch
  close(): Promise<void>
}

/**
 * Sends requests, and holds every answer against the document as it comes: the first check of all, made on
 * each exchange of the run.
 */
export function createClient(options: {
  /** Of the server. */
  url: string
  /** Of the judging proxy in front of it, where there is one. */
  proxyUrl?: string | undefined
  judge: ResponseJudge
  ledger: Ledger
  timeoutMs?: number
  /** The administrator's: commands in the report name it without telling it. */
  adminToken?: string
}): Client {
  const { url: serverUrl, proxyUrl, judge, ledger, timeoutMs = 10_000, adminToken } = options
  const agent = new Agent({
    connections: 32,
    keepAliveTimeout: 10_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs
  })
  const leaks = createLeakWatch()
  const shown = (command: string): string =>
    adminToken === undefined || adminToken === ''
      ? command
      : command.replaceAll(adminToken, `'"$TOKEN"'`)

  async function send(call: Call): Promise<Exchange> {
    const { operation } = call
    const method = call.method ?? operation.method
    const content = contentOf(call)
    const headers: Record<string, string> = {
      ...(call.token !== null && { authorization: `Bearer ${call.token}` }),
      ...(content.type !== null && { 'content-type': content.type }),
      ...call.headers
    }
    const path = call.url ?? pathOf(call)
    // Prism passes `null` on as no body, and a body of a GET not at all.
    const goesAround =
      call.around === true || call.body === null || (method === 'GET' && content.text !== null)
    const startedAt = performance.now()
    const curl = shown(curlOf(method, `${serverUrl}${path}`, headers, content.text))
    const response = await request(`${goesAround ? serverUrl : (proxyUrl ?? serverUrl)}${path}`, {
      method: method as 'GET',
      headers,
      body: content.text,
      dispatcher: agent
    }).catch((cause: unknown) => {
      ledger.fail(
        { group: 'shape', check: 'shape/answers-at-all', subject: operation.id, status: 0 },
        `no answer came: ${String(cause)}`,
        curl
      )
      throw new Error(`No answer came to ${curl}`, { cause })
    })
    const text = await response.body.text()
    const exchange: Exchange = {
      operation,
      url: path,
      status: response.statusCode,
      headers: flat(response.headers),
      text,
      body: parsed(text, String(response.headers['content-type'] ?? '')),
      ms: performance.now() - startedAt,
      curl
    }
    ledger.produced(operation, exchange.status)
    judgeIt(exchange, call)
    return exchange
  }

  async function sendTogether(call: Call, times: number): Promise<Exchange[]> {
    const { operation } = call
    const { type, text } = contentOf(call)
    const headers: Record<string, string> = {
      ...(call.token !== null && { authorization: `Bearer ${call.token}` }),
      ...(type !== null && { 'content-type': type }),
      ...call.headers
    }
    const path = pathOf(call)
    const one = { method: operation.method, path, headers, body: text?.toString() ?? '' }
    const startedAt = performance.now()
    const answers = await sendPipelined(
      serverUrl,
      Array.from({ length: times }, () => one),
      timeoutMs
    )
    return answers.map(answer => {
      const exchange: Exchange = {
        operation,
        url: path,
        ...answer,
        body: parsed(answer.text, answer.headers['content-type'] ?? ''),
        ms: performance.now() - startedAt,
        curl: shown(curlOf(operation.method, `${serverUrl}${path}`, headers, text))
      }
      ledger.produced(operation, exchange.status)
      judgeIt(exchange, call)
      return exchange
    })
  }

  function judgeIt(exchange: Exchange, call: Call): void {
    const { operation, status, curl } = exchange
    const place = { subject: operation.id, status }
    if (call.offDocument !== true) {
      const problems = judge.problems(operation, exchange)
      const verdict = { group: 'shape', check: 'shape/answers', ...place } as const
      if (problems.length === 0) ledger.pass(verdict)
      else ledger.fail(verdict, problems.join('; '), curl)
    }
    if (status === 500)
      ledger.fail(
        { group: 'refusals', check: 'refusals/no-500', ...place },
        `answered 500: ${exchange.text.slice(0, 300)}`,
        curl
      )
    const found = call.secret === true ? [] : leaks.leaksIn(exchange.text)
    const verdict = { group: 'refusals', check: 'refusals/leaks', ...place } as const
    if (found.length === 0) ledger.pass(verdict)
    else
      ledger.fail(
        verdict,
        `the answer holds ${found.join(', ')}: ${exchange.text.slice(0, 200)}`,
        curl
      )
  }

  return { send, sendTogether, leaks, close: () => agent.destroy() }
}

const formType = 'application/x-www-form-urlencoded'

function contentOf({ raw, body, operation }: Call): {
  type: string | null
  text: string | Buffer | null
} {
  if (raw) return { type: raw.type, text: raw.content }
  if (body === undefined) return { type: null, text: null }
  if (operation.bodies.has(formType) && !operation.bodies.has('application/json'))
    return { type: formType, text: formOf(body as Json) }
  return { type: 'application/json', text: JSON.stringify(body) }
}

/** A form as providers write it. */
export const formOf = (fields: Json): string =>
  new URLSearchParams(
    Object.entries(fields).map(([name, value]) => [name, String(value)])
  ).toString()

/** Path and query of a call. */
export function pathOf({
  operation,
  params = {},
  query = {}
}: Pick<Call, 'operation' | 'params' | 'query'>): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(String(params[name] ?? ''))
  )
  const text = new URLSearchParams(query).toString()
  return text === '' ? path : `${path}?${text}`
}

const flat = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')])
  )

function parsed(text: string, type: string): unknown {
  if (!isJson(type)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const longestBody = 2_000

function curlOf(
  method: string,
  url: string,
  headers: Record<string, string>,
  content: string | Buffer | null
): string {
  const text = content === null ? '' : content.toString()
  const shown =
    text.length > longestBody ? `${text.slice(0, 200)}…(${text.length} characters)` : text
  return [
    `curl -i -X ${method} ${quoted(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(content === null ? [] : [`--data-raw ${quoted(shown)}`])
  ].join(' ')
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
