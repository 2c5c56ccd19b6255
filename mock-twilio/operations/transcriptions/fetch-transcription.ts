import type { Operation } from '../../operation.ts'
import { transcriptionResource } from '../../resources/transcription.ts'
import { findTranscription } from './find-transcription.ts'

export const fetchTranscription: Operation = {
  name: 'fetch-transcription',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Transcriptions/:Sid.json',
  status: 200,
  handle: asked => transcriptionResource(asked.world, findTranscription(asked))
}

export const fetchRecordingTranscription: Operation = {
  name: 'fetch-recording-transcription',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Recordings/:RecordingSid/Transcriptions/:Sid.json',
  status: 200,
  handle: asked => transcriptionResource(asked.world, findTranscription(asked))
}
