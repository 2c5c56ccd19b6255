import type { CallRecord } from './call-record.ts'
import type { World } from '../world.ts'

export type NewCall = Pick<
  CallRecord,
  'direction' | 'to' | 'from' | 'phoneNumberSid' | 'settings' | 'requestId'
>

/** The record alone: nobody will find it until it is in the log. */
export function buildCall(world: World, call: NewCall): CallRecord {
  const now = world.now()
  const isInbound = call.direction === 'inbound'
  return {
    ...call,
    seq: world.calls.nextSeq(),
    sid: world.ids.sid('CA'),
    status: isInbound ? 'ringing' : 'queued',
    answeredBy: null,
    dateCreated: now,
    dateUpdated: now,
    startTime: isInbound ? now : null,
    answeredAt: null,
    endTime: null,
    queueMs: 0,
    sipCode: null,
    told: 0,
    turn: 0,
    script: null,
    documents: 0,
    gathers: 0,
    heard: []
  }
}
