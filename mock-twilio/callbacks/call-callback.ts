import { callParameters } from '../voice/call-parameters.ts'
import { rfc2822 } from '../dates.ts'
import { isOver } from '../lifecycles/call.ts'
import { billedMinutes, durationSeconds } from '../resources/call.ts'
import type { CallProgressEvent, CallRecord } from '../voice/call-record.ts'
import type { World } from '../world.ts'
import type { FormParameter } from './signature.ts'
import type { StatusCallback } from './status-callback.ts'

/**
 * One callback about a call's progress. Numbers count the callbacks of a call in the order of being fired.
 * https://www.twilio.com/docs/voice/api/call-resource#statuscallback
 */
export function callCallback(
  world: World,
  call: CallRecord,
  event: CallProgressEvent,
  url: string,
  more: readonly FormParameter[] = []
): StatusCallback {
  const status = event === 'initiated' ? 'initiated' : call.status
  const parameters: FormParameter[] = [
    ...callParameters(world, call, status),
    ['CallbackSource', 'call-progress-events'],
    ['SequenceNumber', String(call.told++)],
    ['Timestamp', rfc2822(world.now())]
  ]
  // A number that is rented from Twilio, and whose owner has not been through Trust Hub.
  if ((status === 'ringing' || status === 'in-progress') && call.direction !== 'inbound') {
    parameters.push(['StirStatus', 'B'])
  }
  if (isOver(call.status)) {
    parameters.push(['CallDuration', String(durationSeconds(call))])
    if (call.sipCode !== null) parameters.push(['SipResponseCode', String(call.sipCode)])
    if (call.status === 'completed') parameters.push(['Duration', String(billedMinutes(call))])
  }
  return {
    sid: call.sid,
    to: call.to,
    from: call.from,
    status,
    url,
    method: call.settings.statusCallbackMethod,
    parameters: [...parameters, ...more],
    isForged: false,
    requestId: call.requestId
  }
}
