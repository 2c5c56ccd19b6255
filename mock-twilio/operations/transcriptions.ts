import type { Operation } from '../operation.ts'
import {
  deleteRecordingTranscription,
  deleteTranscription
} from './transcriptions/delete-transcription.ts'
import {
  fetchRecordingTranscription,
  fetchTranscription
} from './transcriptions/fetch-transcription.ts'
import {
  listRecordingTranscriptions,
  listTranscriptions
} from './transcriptions/list-transcriptions.ts'

export const transcriptionOperations: readonly Operation[] = [
  listTranscriptions,
  fetchTranscription,
  deleteTranscription,
  listRecordingTranscriptions,
  fetchRecordingTranscription,
  deleteRecordingTranscription
]
