import type { TwilioClient } from './client.ts'

/** A text as it is handed to the provider. */
export interface OutgoingText {
  to: string
  from: string
  messagingServiceSid: string | undefined
  body: string
  mediaUrls: readonly string[]
  /** MMS without media: long texts, and those that a client wants as MMS. */
  asMms: boolean
  statusCallback: string
}

/**
 * What the provider made of a text.
 *
 * - `taken`: it has the message under this SID.
 * - `refused`: it never will; the code is the provider's.
 * - `notTaken`: it surely did not take it, and may later.
 * - `unknown`: no answer came, or one that does not tell. It must be looked up before it is sent again.
 */
export type SendOutcome =
  | ({ kind: 'taken' } & ProviderStatus)
  | { kind: 'refused'; code: string; description: string }
  | { kind: 'notTaken'; reason: string; retryAfterMs: number | undefined }
  | { kind: 'unknown'; reason: string }

/** How far the provider is with a message. */
export interface ProviderStatus {
  sid: string
  status: string
  errorCode: string | null
  errorMessage: string | null
}

/** A message that the provider has. */
export interface ProviderMessage extends ProviderStatus {
  body: string
  direction: string
  createdAt: number
}

/** `lineType` is null when the provider knows the number and not its line. */
export type LookupOutcome =
  | { kind: 'found'; lineType: string | null }
  | { kind: 'failed'; code: string; description: string }
  | { kind: 'unavailable'; reason: string }

/** Texting through Twilio. Never throws for what the provider or the network does. */
export interface TwilioGateway {
  sendText(text: OutgoingText): Promise<SendOutcome>
  /** What it has for this receiver since a time, newest first; rejects when it cannot be asked. */
  findTexts(to: string, from: string, since: number): Promise<ProviderMessage[]>
  /** Undefined for a message that it does not have, or when it cannot be asked. */
  fetchStatus(sid: string): Promise<ProviderStatus | undefined>
  lookUpLineType(number: string): Promise<LookupOutcome>
}

export function createTwilioGateway(client: TwilioClient): TwilioGateway {
  return {
    async sendText(text) {
      try {
        const message = await client.messages.create({
          to: text.to,
          from: text.from,
          body: text.body,
          statusCallback: text.statusCallback,
          ...(text.messagingServiceSid !== undefined && {
            messagingServiceSid: text.messagingServiceSid
          }),
          ...(text.mediaUrls.length > 0 && { mediaUrl: [...text.mediaUrls] }),
          ...(text.asMms && { sendAsMms: true })
        })
        return { kind: 'taken', ...statusOf(message) }
      } catch (error) {
        return sendFailure(error)
      }
    },

    async findTexts(to, from, since) {
      const page = await client.messages.page({ to, from, pageSize: 200 })
      return page.instances
        .map(message => ({
          ...statusOf(message),
          body: message.body,
          direction: message.direction,
          createdAt: message.dateCreated.getTime()
        }))
        .filter(message => message.createdAt >= since)
    },

    async fetchStatus(sid) {
      try {
        return statusOf(await client.messages(sid).fetch())
      } catch {
        return undefined
      }
    },

    async lookUpLineType(number) {
      try {
        const found = await client.lookups.v2
          .phoneNumbers(number)
          .fetch({ fields: 'line_type_intelligence' })
        if (!found.valid)
          return { kind: 'failed', code: '20404', description: 'The number is not valid.' }
        const { type: lineType, errorCode }: { type?: unknown; errorCode?: unknown } =
          found.lineTypeIntelligence ?? {}
        if (typeof errorCode === 'number')
          return {
            kind: 'failed',
            code: String(errorCode),
            description: 'The line type is not known.'
          }
        return { kind: 'found', lineType: typeof lineType === 'string' ? lineType : null }
      } catch (error) {
        const { status, code, message } = restFailure(error)
        if (status === undefined || isOurFault(status) || status >= 500)
          return { kind: 'unavailable', reason: message }
        return { kind: 'failed', code, description: message }
      }
    }
  }
}

/**
 * Refusals that say nothing of the message: it was never processed and is safe to repeat. Wrong credentials
 * (https://www.twilio.com/docs/api/errors/20003), and too many requests
 * (https://www.twilio.com/docs/api/errors/20429).
 */
const isOurFault = (status: number): boolean => status === 401 || status === 429

const statusOf = (message: {
  sid: string
  status: string
  errorCode: number | null
  errorMessage: string | null
}): ProviderStatus => ({
  sid: message.sid,
  status: message.status,
  errorCode: message.errorCode === null ? null : String(message.errorCode),
  errorMessage: message.errorMessage
})

/** The request never left, so nothing can have come of it. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT'
])

function sendFailure(error: unknown): SendOutcome {
  const { status, code, message } = restFailure(error)
  if (status === undefined) {
    if (neverSent.has(code))
      return { kind: 'notTaken', reason: `${code} ${message}`, retryAfterMs: undefined }
    return { kind: 'unknown', reason: `${code} ${message}` }
  }
  if (isOurFault(status))
    return { kind: 'notTaken', reason: `${status} ${message}`, retryAfterMs: undefined }
  // A 5xx does not tell whether the message was made before things went wrong.
  if (status >= 500) return { kind: 'unknown', reason: `${status} ${message}` }
  if (status < 400) return { kind: 'unknown', reason: `unexpected answer ${status}` }
  return { kind: 'refused', code, description: message }
}

/** The SDK's exception, or the network's, in one shape. `status` is absent when no answer came. */
export function restFailure(error: unknown): {
  status: number | undefined
  code: string
  message: string
} {
  if (!(error instanceof Error)) return { status: undefined, code: '', message: String(error) }
  const status = 'status' in error && typeof error.status === 'number' ? error.status : undefined
  const given: unknown = 'code' in error ? error.code : undefined
  const code =
    typeof given === 'number' || typeof given === 'string' ? String(given) : String(status ?? '')
  return { status, code, message: error.message || `HTTP ${status}` }
}
