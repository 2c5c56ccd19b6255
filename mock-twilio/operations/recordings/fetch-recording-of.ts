import type { Operation } from '../../operation.ts'
import { callRecordingResource, conferenceRecordingResource } from '../../resources/recording.ts'
import { findRecordingOf } from './find-recording.ts'

export const fetchCallRecording: Operation = {
  name: 'fetch-call-recording',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Calls/:CallSid/Recordings/:Sid.json',
  status: 200,
  handle: asked => callRecordingResource(asked.world, findRecordingOf(asked, 'call'))
}

export const fetchConferenceRecording: Operation = {
  name: 'fetch-conference-recording',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:ConferenceSid/Recordings/:Sid.json',
  status: 200,
  handle: asked => conferenceRecordingResource(asked.world, findRecordingOf(asked, 'conference'))
}
