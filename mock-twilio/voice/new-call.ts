import type { World } from '../world.ts'
import type { CallRecord, CallSettings } from './call-record.ts'

export type NewCall = Pick<
  CallRecord,
  'direction' | 'to' | 'from' | 'phoneNumberSid' | 'settings' | 'requestId'
> &
  Partial<Pick<CallRecord, 'parentCallSid' | 'parameters'>>

export const usualLimitMs = 4 * 3_600_000

/** What a call is like of which nothing is said. */
export const plainSettings: CallSettings = {
  url: null,
  twiml: null,
  method: 'POST',
  fallbackUrl: null,
  fallbackMethod: 'POST',
  statusCallback: null,
  statusCallbackMethod: 'POST',
  statusCallbackEvents: ['completed'],
  ringMs: 60_000,
  limitMs: usualLimitMs,
  sendDigits: '',
  detection: null,
  recording: null
}

/** The record alone: nobody will find it until it is in the log. */
export function buildCall(world: World, call: NewCall): CallRecord {
  const now = world.now()
  const isInbound = call.direction === 'inbound'
  return {
    parentCallSid: null,
    parameters: [],
    ...call,
    seq: world.calls.nextSeq(),
    sid: world.ids.sid('CA'),
    // Only calls of the API wait for their turn to be dialled.
    status: call.direction === 'outbound-api' ? 'queued' : 'ringing',
    answeredBy: null,
    dateCreated: now,
    dateUpdated: now,
    startTime: isInbound ? now : null,
    answeredAt: null,
    endTime: null,
    queueMs: 0,
    sipCode: null,
    hasRung: false,
    told: 0,
    turn: 0,
    limits: 0,
    script: null,
    isOnItsOwn: false,
    bridgedWith: null,
    documents: 0,
    gathers: 0,
    speeches: 0,
    reactions: 0,
    recordingSid: null,
    heard: [],
    transcript: [],
    requests: []
  }
}
