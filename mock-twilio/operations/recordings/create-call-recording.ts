import { isRunning } from '../../lifecycles/recording.ts'
import { refusal } from '../../errors.ts'
import { oneOf } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { callRecordingResource } from '../../resources/recording.ts'
import { findCall } from '../calls/find-call.ts'
import { readRecordingCallback } from './recording-parameters.ts'

/** Begins to record a call that goes on. */
export const createCallRecording: Operation = {
  name: 'create-call-recording',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls/:CallSid/Recordings.json',
  status: 201,
  handle: asked => {
    const { world, form, params, services, requestId } = asked
    const call = findCall({ ...asked, params: { ...params, Sid: params['CallSid'] ?? '' } })
    const channels = oneOf(form, 'RecordingChannels', ['mono', 'dual']) === 'dual' ? 2 : 1
    const track = oneOf(form, 'RecordingTrack', ['inbound', 'outbound', 'both']) ?? 'both'
    const trims = oneOf(form, 'Trim', ['trim-silence', 'do-not-trim']) === 'trim-silence'
    const callback = readRecordingCallback(form)
    if (call.status !== 'in-progress') throw refusal(21220, call.sid, call.status)
    for (const { callSid, source, status } of world.recordings.open()) {
      const isOfRequest = callSid === call.sid && source === 'StartCallRecordingAPI'
      if (isOfRequest && isRunning(status)) throw refusal(16108, call.sid)
    }
    const recording = services.recordings.start(world, {
      callSid: call.sid,
      conferenceSid: null,
      source: 'StartCallRecordingAPI',
      channels,
      track,
      trims,
      callback,
      transcribes: null,
      requestId
    })
    return callRecordingResource(world, recording)
  }
}
