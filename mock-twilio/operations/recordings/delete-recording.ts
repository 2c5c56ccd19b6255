import { refusal } from '../../errors.ts'
import { isSettled } from '../../lifecycles/recording.ts'
import type { Call, Operation } from '../../operation.ts'
import type { RecordingRecord } from '../../voice/recording-record.ts'
import { findRecording, findRecordingOf } from './find-recording.ts'

export const deleteRecording: Operation = {
  name: 'delete-recording',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Recordings/:Sid.json',
  status: 204,
  handle: asked => remove(asked, findRecording(asked))
}

export const deleteCallRecording: Operation = {
  name: 'delete-call-recording',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls/:CallSid/Recordings/:Sid.json',
  status: 204,
  handle: asked => remove(asked, findRecordingOf(asked, 'call'))
}

export const deleteConferenceRecording: Operation = {
  name: 'delete-conference-recording',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:ConferenceSid/Recordings/:Sid.json',
  status: 204,
  handle: asked => remove(asked, findRecordingOf(asked, 'conference'))
}

function remove({ world, services, path }: Call, recording: RecordingRecord): undefined {
  if (recording.status === 'deleted') throw refusal(20404, path)
  if (!isSettled(recording.status)) throw refusal(20009, recording.sid)
  services.recordings.remove(world, recording)
  return undefined
}
