import type {
  CallbackAnswer,
  CallbackFailure,
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
  /** For faults: a signature that no honest receiver accepts. */
  isForged?: boolean
}

export interface SignedRequestResult {
  answer: CallbackAnswer
  attempts: number
  /** What Twilio's debugger would call it, when it went wrong. */
  alertCode: number | undefined
}

/** One request of Twilio to the application, with the retries that its URL allows. */
export async function sendSigned(
  world: World,
  sender: CallbackSender,
  { url, method, parameters, json, isForged = false }: SignedRequest
): Promise<SignedRequestResult> {
  const overrides = connectionOverrides(url)
  const document = json === undefined ? undefined : JSON.stringify(json)
  const isForm = method === 'POST' && document === undefined
  const signedUrl = urlToSign(withoutFragment(url), document, isForm ? [] : parameters)
  const token = isForged ? `not ${world.authToken}` : world.authToken
  const { target, authorization } = withoutCredentials(signedUrl)
  const request = {
    url: target,
    method,
    body: isForm ? encodeForm(parameters) : document,
    connectTimeoutMs: overrides.connectTimeoutMs,
    readTimeoutMs: overrides.readTimeoutMs,
    headers: {
      ...(isForm ? { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' } : {}),
      ...(document === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...(authorization === undefined ? {} : { authorization }),
      accept: '*/*',
      'user-agent': 'TwilioProxy/1.1',
      'x-home-region': 'us1',
      'x-twilio-signature': sign(token, signedUrl, isForm ? parameters : []),
      // Equal for all attempts of one request, so that a receiver can tell a retry from a new event.
      'i-twilio-idempotency-token': world.callbackIds.uuid()
    }
  }
  for (let attempts = 1; ; attempts++) {
    const answer = await sender.send(request)
    if (attempts > overrides.retries || !isRetried(answer, overrides)) {
      return { answer, attempts, alertCode: alertCodeOf(answer) }
    }
  }
}

function isRetried(answer: CallbackAnswer, { policies }: ConnectionOverrides): boolean {
  const reason = retryReason(answer)
  return reason !== undefined && (policies.has(reason) || policies.has('all'))
}

function retryReason(answer: CallbackAnswer): string | undefined {
  if (!answer.ok) {
    if (answer.failure === 'timeout') return 'rt'
    return answer.failure === 'connect' || answer.failure === 'dns' ? 'ct' : undefined
  }
  if (answer.status >= 500) return '5xx'
  return answer.status >= 400 ? '4xx' : undefined
}

/** https://www.twilio.com/docs/api/errors/11200 and its neighbours */
const alertCodes = {
  connect: 11205,
  dns: 11210,
  redirects: 11215,
  too_large: 11750,
  protocol: 11206,
  timeout: 11200
} as const satisfies Record<CallbackFailure, number>

function alertCodeOf(answer: CallbackAnswer): number | undefined {
  if (answer.ok) return answer.status >= 200 && answer.status < 300 ? undefined : 11200
  return alertCodes[answer.failure]
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

/** Credentials in a URL become an Authorization header; they are signed as configured. */
function withoutCredentials(url: string): { target: string; authorization: string | undefined } {
  if (!url.includes('@')) return { target: url, authorization: undefined }
  const parsed = new URL(url)
  if (parsed.username === '') return { target: url, authorization: undefined }
  const credentials = `${decoded(parsed.username)}:${decoded(parsed.password)}`
  parsed.username = ''
  parsed.password = ''
  return {
    target: parsed.href,
    authorization: `Basic ${Buffer.from(credentials).toString('base64')}`
  }
}

/** As it stands, where it is not percent-encoded after all. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
