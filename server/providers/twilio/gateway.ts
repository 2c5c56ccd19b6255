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

/** A call as it is handed to the provider. */
export interface OutgoingCall {
  to: string
  from: string
  /** Asked for what is to happen when somebody has picked up. */
  url: string
  statusCallback: string
  /** Whether to find out that a machine picks up, and whether to wait until its greeting is over. */
  machineDetection: 'Enable' | 'DetectMessageEnd'
  /** How long it may ring; the provider's minute when absent. */
  ringSeconds?: number
  /** How long it may last; ten minutes when absent. */
  longestSeconds?: number
}

/**
 * What the provider made of a text or a call.
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

/** How far the provider is with a message or a call. */
export interface ProviderStatus {
  sid: string
  status: string
  errorCode: string | null
  errorMessage: string | null
  /** Of a call in which it was found out: human, machine_end_beep and so on. */
  answeredBy: string | null
}

/** What came of asking after one message or call. `unavailable` may become otherwise by itself. */
export type StatusAnswer =
  | { kind: 'found'; status: ProviderStatus }
  | { kind: 'absent' }
  | { kind: 'unavailable'; reason: string }

/** A message or a call that the provider has. */
export interface ProviderMessage extends ProviderStatus {
  /** '' of a call. */
  body: string
  direction: string
  createdAt: number
}

/** `lineType` is null when the provider knows the number and not its line. */
export type LookupOutcome =
  | { kind: 'found'; lineType: string | null }
  | { kind: 'failed'; code: string; description: string }
  | { kind: 'unavailable'; reason: string }

/** Texting and calling through Twilio. Never throws for what the provider or the network does. */
export interface TwilioGateway {
  sendText(text: OutgoingText): Promise<SendOutcome>
  /** What it has for this receiver since a time, newest first; rejects when it cannot be asked. */
  findTexts(to: string, from: string, since: number): Promise<ProviderMessage[]>
  placeCall(call: OutgoingCall): Promise<SendOutcome>
  /** The calls to this receiver since a time, newest first; rejects when it cannot be asked. */
  findCalls(to: string, from: string, since: number): Promise<ProviderMessage[]>
  fetchStatus(sid: string): Promise<StatusAnswer>
  /**
   * What went out from a number between two times, newest first, in pages of up to a thousand. What still waits
   * to go out has no such time and is in none. Rejects when it cannot be asked.
   */
  textsSentFrom(number: string, since: number, until: number): AsyncGenerator<ProviderStatus[]>
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

    async placeCall(call) {
      try {
        const placed = await client.calls.create({
          to: call.to,
          from: call.from,
          url: call.url,
          statusCallback: call.statusCallback,
          statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
          machineDetection: call.machineDetection,
          timeLimit: call.longestSeconds ?? longestCallSeconds,
          ...(call.ringSeconds !== undefined && { timeout: call.ringSeconds })
        })
        return { kind: 'taken', ...callStatusOf(placed) }
      } catch (error) {
        return sendFailure(error)
      }
    },

    async findCalls(to, from, since) {
      // Not by StartTime: a call that still waits to be dialled has none, and would be missed.
      const page = await client.calls.page({ to, from, pageSize: 200 })
      return page.instances
        .map(call => ({
          ...callStatusOf(call),
          body: '',
          direction: call.direction,
          createdAt: call.dateCreated.getTime()
        }))
        .filter(call => call.createdAt >= since)
    },

    async fetchStatus(sid) {
      try {
        const status = sid.startsWith('CA')
          ? callStatusOf(await client.calls(sid).fetch())
          : statusOf(await client.messages(sid).fetch())
        return { kind: 'found', status }
      } catch (error) {
        const { status, code, message } = restFailure(error)
        if (status === undefined || isOurFault(status) || status >= 500)
          return { kind: 'unavailable', reason: `${code} ${message}` }
        return { kind: 'absent' }
      }
    },

    async *textsSentFrom(number, since, until) {
      // The list keeps whole seconds; a provider that looks at the days alone shows more, and nothing less.
      const first = client.messages.page({
        from: number,
        dateSentAfter: new Date(Math.floor(since / 1_000) * 1_000),
        dateSentBefore: new Date(Math.ceil(until / 1_000) * 1_000),
        pageSize: mostOnAPage
      })
      for (let page: TextPage = await first; ;) {
        yield page.instances.map(statusOf)
        const next = page.nextPage()
        if (next === undefined) return
        page = await next
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
  errorMessage: message.errorMessage,
  answeredBy: null
})

type TextPage = Pick<
  Awaited<ReturnType<TwilioClient['messages']['page']>>,
  'instances' | 'nextPage'
>

/** https://www.twilio.com/docs/usage/twilios-response#pagination */
const mostOnAPage = 1_000

/** Somebody who keeps pressing keys is hung up on in the end. */
const longestCallSeconds = 600

export const callStatusOf = (call: {
  sid: string
  status: string
  answeredBy: string | null
}): ProviderStatus => ({
  sid: call.sid,
  status: call.status,
  errorCode: null,
  errorMessage: null,
  answeredBy: call.answeredBy
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

export function sendFailure(error: unknown): SendOutcome {
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
