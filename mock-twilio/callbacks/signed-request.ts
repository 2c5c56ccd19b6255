import type { CallbackFailure } from '../../simulator/callback-failures.ts'
import type {
  CallbackAnswer,
  CallbackRequest,
  CallbackSender
} from '../../simulator/callback-sender.ts'
import type { World } from '../world.ts'
import { connectionOverrides, type ConnectionOverrides } from './connection-overrides.ts'
import {
  encodeForm,
  sign,
  withBodyDigest,
  withoutFragment,
  type FormParameter
} from './signature.ts'

export interface SignedRequest {
  url: string
  method: 'GET' | 'POST'
  /** Of a form, or of a GET's query. */
  parameters: readonly FormParameter[]
  /** A document instead of a form, as the newer products post it. */
  json?: unknown
  /** The Cookie header. */
  cookie?: string
  /** For faults: a signature that no honest receiver accepts. */
  isForged?: boolean
  /** What the alerts about a wrong URL fragment name: sid, to, from. */
  about?: Readonly<Record<string, unknown>>
}

export interface SignedRequestResult {
  answer: CallbackAnswer
  attempts: number
  /** What Twilio's debugger would call it, when it went wrong. */
  alertCode: number | undefined
  /** What went wrong, in words that are the same in every run. */
  reason: string | undefined
  /** For the alert: see `exchangeOf`. */
  sent: Pick<CallbackRequest, 'url' | 'method' | 'headers' | 'body'>
}

/** The request and the application's answer, as the debugger shows them beside an alert. */
export interface Exchange {
  request: { method: string; url: string; headers: Record<string, string>; body: string }
  response: { status: number; headers: Record<string, string>; body: string } | null
}

/**
 * One request of Twilio to the application, with the retries that its URL allows. Alerts about the URL's
 * fragment are written here; those about the answer are the caller's, who knows what it was for.
 */
export async function sendSigned(
  world: World,
  sender: CallbackSender,
  signed: SignedRequest
): Promise<SignedRequestResult> {
  const overrides = connectionOverrides(signed.url)
  for (const { code, message } of overrides.problems) {
    world.alert(code, message, { ...signed.about, url: signed.url })
  }
  const request = requestOf(world, signed, overrides)
  const wrongEdge = overrides.problems.find(({ code }) => code === 11240)
  if (wrongEdge !== undefined) {
    const { message } = wrongEdge
    const answer: CallbackAnswer = { ok: false, failure: 'connect', message }
    return { answer, attempts: 0, alertCode: 11240, reason: message, sent: request }
  }
  const { answer, attempts } = await world.inTurn(sender.send(request))
  const alertCode = alertCodeOf(answer, overrides)
  const reason = alertCode === undefined ? undefined : reasonOf(answer)
  return { answer, attempts, alertCode, reason, sent: request }
}

/** For `world.alert`. Long bodies are cut. */
export function exchangeOf({ sent, answer }: SignedRequestResult): Exchange {
  const { method, url, headers, body = '' } = sent
  return {
    request: { method, url, headers, body: cutLong(body) },
    response: answer.ok
      ? { status: answer.status, headers: plain(answer.headers), body: cutLong(answer.body) }
      : null
  }
}

function requestOf(
  world: World,
  { url, method, parameters, json, cookie, isForged = false }: SignedRequest,
  overrides: ConnectionOverrides
): CallbackRequest {
  const document = json === undefined ? undefined : JSON.stringify(json)
  const isForm = method === 'POST' && document === undefined
  const signedUrl = urlToSign(withoutFragment(url), document, isForm ? noParameters : parameters)
  const token = isForged ? `not ${world.authToken}` : world.authToken
  const { target, username, password } = withoutCredentials(signedUrl)
  // Equal for all attempts of one request, so that a receiver can tell a retry from a new event.
  const idempotencyToken = world.callbackIds.uuid()
  return {
    url: target,
    method,
    body: isForm ? encodeForm(parameters) : document,
    credentials:
      username === undefined ? undefined : { username, password, cnonce: idempotencyToken },
    connectTimeoutMs: overrides.connectTimeoutMs,
    readTimeoutMs: overrides.readTimeoutMs,
    totalTimeoutMs: overrides.totalTimeoutMs,
    sni: overrides.sni,
    retries: overrides.retries,
    isRetried: answer => isRetried(answer, overrides),
    headers: headersOf({
      contentType: isForm ? formType : document === undefined ? undefined : documentType,
      cookie,
      // Of the URL as configured, also where the application redirects: Twilio does not sign again.
      signature: sign(token, signedUrl, isForm ? parameters : noParameters),
      idempotencyToken
    })
  }
}

const formType = 'application/x-www-form-urlencoded; charset=UTF-8'
const documentType = 'application/json; charset=utf-8'
const noParameters: readonly FormParameter[] = []

function headersOf(values: {
  contentType: string | undefined
  cookie: string | undefined
  signature: string
  idempotencyToken: string
}): Record<string, string> {
  const headers: Record<string, string> = {
    accept: '*/*',
    'user-agent': 'TwilioProxy/1.1',
    'x-home-region': 'us1',
    'x-twilio-signature': values.signature,
    'i-twilio-idempotency-token': values.idempotencyToken
  }
  if (values.contentType !== undefined) headers['content-type'] = values.contentType
  if (values.cookie !== undefined) headers['cookie'] = values.cookie
  return headers
}

function isRetried(answer: CallbackAnswer, { policies }: ConnectionOverrides): boolean {
  const reason = retryReason(answer)
  return reason !== undefined && (policies.has(reason) || policies.has('all'))
}

const connectFailures = new Set<CallbackFailure>(['refused', 'connect_timeout', 'connect', 'dns'])

function retryReason(answer: CallbackAnswer): string | undefined {
  if (!answer.ok) {
    if (answer.failure === 'timeout') return 'rt'
    return connectFailures.has(answer.failure) ? 'ct' : undefined
  }
  if (answer.status >= 500) return '5xx'
  return answer.status >= 400 ? '4xx' : undefined
}

/** https://www.twilio.com/docs/api/errors/11200 and its neighbours; 11205 tells of both time-outs. */
const alertCodes = {
  refused: 11205,
  connect_timeout: 11205,
  connect: 11205,
  timeout: 11205,
  total_timeout: 11205,
  dns: 11210,
  tls: 11220,
  tls_domain: 11235,
  tls_expired: 11236,
  tls_path: 11237,
  redirects: 11215,
  too_large: 11750,
  protocol: 11206
} as const satisfies Record<CallbackFailure, number>

function alertCodeOf(answer: CallbackAnswer, overrides: ConnectionOverrides): number | undefined {
  if (answer.ok) return answer.status >= 200 && answer.status < 300 ? undefined : 11200
  // https://www.twilio.com/docs/api/errors/11203
  if (answer.failure === 'total_timeout' && overrides.hasOwnTotal) return 11203
  return alertCodes[answer.failure]
}

function reasonOf(answer: CallbackAnswer): string {
  return answer.ok ? `answered ${answer.status}` : answer.message
}

function urlToSign(
  url: string,
  document: string | undefined,
  parameters: readonly FormParameter[]
): string {
  return document === undefined ? withQuery(url, parameters) : withBodyDigest(url, document)
}

function withQuery(url: string, parameters: readonly FormParameter[]): string {
  if (parameters.length === 0) return url
  return `${url}${url.includes('?') ? '&' : '?'}${encodeForm(parameters)}`
}

interface Target {
  target: string
  username: string | undefined
  password: string
}

/** Credentials in a URL are signed as configured, and sent as what they are. */
function withoutCredentials(url: string): Target {
  const none = { target: url, username: undefined, password: '' }
  if (!url.includes('@')) return none
  const parsed = URL.parse(url)
  if (parsed === null || parsed.username === '') return none
  const username = decoded(parsed.username)
  const password = decoded(parsed.password)
  parsed.username = ''
  parsed.password = ''
  return { target: parsed.href, username, password }
}

/** A lone % is a percent sign. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const longestBody = 1000

function cutLong(body: string): string {
  return body.length > longestBody ? `${body.slice(0, longestBody)}…` : body
}

function plain(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value).slice(0, longestBody)])
  )
}
