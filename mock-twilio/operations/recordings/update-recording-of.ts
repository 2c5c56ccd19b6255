import { refusal } from '../../errors.ts'
import { oneOf } from '../../forms.ts'
import type { Call, Operation } from '../../operation.ts'
import { callRecordingResource, conferenceRecordingResource } from '../../resources/recording.ts'
import type { RecordingRecord } from '../../voice/recording-record.ts'
import { findRecordingOf, type Owner } from './find-recording.ts'

/** Pauses a recording, takes it up again, or ends it. */
export const updateCallRecording: Operation = {
  name: 'update-call-recording',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls/:CallSid/Recordings/:Sid.json',
  status: 200,
  handle: asked => callRecordingResource(asked.world, update(asked, 'call'))
}

export const updateConferenceRecording: Operation = {
  name: 'update-conference-recording',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:ConferenceSid/Recordings/:Sid.json',
  status: 200,
  handle: asked => conferenceRecordingResource(asked.world, update(asked, 'conference'))
}

/** What it already is, it stays. */
function update(asked: Call, owner: Owner): RecordingRecord {
  const { world, form, services } = asked
  const wanted = oneOf(form, 'Status', ['in-progress', 'paused', 'stopped'])
  const pause = oneOf(form, 'PauseBehavior', ['skip', 'silence']) ?? 'silence'
  if (wanted === undefined) throw refusal(20001, 'Status is in-progress, paused or stopped')
  const recording = findRecordingOf(asked, owner)
  if (recording.status === wanted) return recording
  const { recordings } = services
  const isDone =
    wanted === 'paused'
      ? recordings.pause(world, recording, pause)
      : wanted === 'stopped'
        ? recordings.stop(world, recording)
        : recordings.resume(world, recording)
  if (!isDone) throw refusal(20009, recording.sid)
  return recording
}
