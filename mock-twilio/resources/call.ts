import type { VoiceVerb } from '../carrier/voice-twiml.ts'
import { rfc2822 } from '../dates.ts'
import { nationalFormat } from '../inventory/available-number.ts'
import type { CallStatus } from '../lifecycles/call.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

export type AnsweredBy = 'human' | 'machine_start' | 'machine_end_beep' | 'fax' | 'unknown'

export const callEvents = ['initiated', 'ringing', 'answered', 'completed'] as const
export type CallProgressEvent = (typeof callEvents)[number]

type HttpMethod = 'GET' | 'POST'

/** What the application asked for. */
export interface CallSettings {
  /** Either an address or a document. */
  url: string | null
  twiml: string | null
  method: HttpMethod
  fallbackUrl: string | null
  fallbackMethod: HttpMethod
  statusCallback: string | null
  statusCallbackMethod: HttpMethod
  statusCallbackEvents: CallProgressEvent[]
  ringMs: number
  limitMs: number
  detection: MachineDetection | null
}

export interface MachineDetection {
  mode: 'Enable' | 'DetectMessageEnd'
  timeoutMs: number
  /** The document is asked for at once, and the finding told to the address below. */
  isAsync: boolean
  statusCallback: string | null
  statusCallbackMethod: HttpMethod
}

/** Where a call is in its document. */
export interface CallScript {
  /** '' for a document that came with the request. */
  documentUrl: string
  verbs: VoiceVerb[]
  at: number
  /** How often the verb, or the prompt within a Gather, has been played. */
  played: number
  /** The prompt within a Gather that is at. */
  prompt: number
  digits: string
}

/** Something that was said or played into the call. */
export interface HeardPart {
  /** Its place among everything that handsets send and receive. */
  seq: number
  at: number
  how: 'said' | 'played'
  /** The words, or the address. */
  what: string
}

export interface CallRecord {
  /** The order of creation within the world. */
  readonly seq: number
  readonly sid: string
  /** Of the request that created it, if one did. */
  readonly requestId: string | null
  readonly direction: 'inbound' | 'outbound-api'
  readonly to: string
  readonly from: string
  readonly phoneNumberSid: string | null
  readonly settings: CallSettings
  status: CallStatus
  answeredBy: AnsweredBy | null
  dateCreated: number
  dateUpdated: number
  /** When it was dialled. */
  startTime: number | null
  answeredAt: number | null
  endTime: number | null
  queueMs: number
  sipCode: number | null
  /** How many callbacks have been told of it. */
  told: number
  /** Which step is awaited: a step of an earlier turn is nothing. */
  turn: number
  script: CallScript | null
  documents: number
  gathers: number
  heard: HeardPart[]
}

/** The phone of the person, whichever way the call goes. */
export function handsetOf({ direction, to, from }: CallRecord): string {
  return direction === 'inbound' ? from : to
}

export function durationSeconds({ answeredAt, endTime }: CallRecord): number {
  if (answeredAt === null || endTime === null) return 0
  return Math.round((endTime - answeredAt) / 1000)
}

/** Numbers that look like text are text there: duration, queue_time, price. */
export function callResource(world: World, call: CallRecord): Record<string, unknown> {
  const uri = `/${apiVersion}/Accounts/${world.accountSid}/Calls/${call.sid}`
  const { startTime, endTime } = call
  return {
    account_sid: world.accountSid,
    answered_by: call.answeredBy,
    api_version: apiVersion,
    caller_name: null,
    date_created: rfc2822(call.dateCreated),
    date_updated: rfc2822(call.dateUpdated),
    direction: call.direction,
    // The documentation says "empty" of calls that nobody answered, and real answers say "0".
    duration: endTime === null ? null : String(durationSeconds(call)),
    end_time: endTime === null ? null : rfc2822(endTime),
    forwarded_from: null,
    from: call.from,
    from_formatted: nationalFormat(call.from),
    group_sid: null,
    parent_call_sid: null,
    phone_number_sid: call.phoneNumberSid,
    price: priceOf(call),
    price_unit: 'USD',
    queue_time: String(call.queueMs),
    sid: call.sid,
    start_time: startTime === null ? null : rfc2822(startTime),
    status: call.status,
    subresource_uris: Object.fromEntries(
      subresources.map(([name, path]) => [name, `${uri}/${path}.json`])
    ),
    to: call.to,
    to_formatted: nationalFormat(call.to),
    trunk_sid: null,
    uri: `${uri}.json`
  }
}

const subresources = [
  ['events', 'Events'],
  ['notifications', 'Notifications'],
  ['payments', 'Payments'],
  ['recordings', 'Recordings'],
  ['siprec', 'Siprec'],
  ['streams', 'Streams'],
  ['transcriptions', 'Transcriptions'],
  ['user_defined_message_subscriptions', 'UserDefinedMessageSubscriptions'],
  ['user_defined_messages', 'UserDefinedMessages']
] as const

/** A round price of our own for each minute begun. */
function priceOf(call: CallRecord): string | null {
  if (call.status !== 'completed') return null
  return (-0.014 * billedMinutes(call)).toFixed(5)
}

export function billedMinutes(call: CallRecord): number {
  return Math.ceil(durationSeconds(call) / 60)
}
