import type { Operation } from '../../operation.ts'
import { recordingResource } from '../../resources/recording.ts'
import { findRecording } from './find-recording.ts'

export const fetchRecording: Operation = {
  name: 'fetch-recording',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Recordings/:Sid.json',
  status: 200,
  handle: asked => {
    const { world, services } = asked
    return recordingResource(world, findRecording(asked), services.recordings.mediaBaseUrl)
  }
}
