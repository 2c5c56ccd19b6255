import type { Operation } from '../operation.ts'
import { createCallRecording } from './recordings/create-call-recording.ts'
import {
  deleteCallRecording,
  deleteConferenceRecording,
  deleteRecording
} from './recordings/delete-recording.ts'
import {
  fetchRecordingFile,
  fetchRecordingMp3,
  fetchRecordingWav
} from './recordings/fetch-recording-file.ts'
import { fetchCallRecording, fetchConferenceRecording } from './recordings/fetch-recording-of.ts'
import { fetchRecording } from './recordings/fetch-recording.ts'
import { listCallRecordings, listConferenceRecordings } from './recordings/list-recordings-of.ts'
import { listRecordings } from './recordings/list-recordings.ts'
import { updateCallRecording, updateConferenceRecording } from './recordings/update-recording-of.ts'

export const recordingOperations: readonly Operation[] = [
  listRecordings,
  fetchRecording,
  deleteRecording,
  fetchRecordingFile,
  fetchRecordingWav,
  fetchRecordingMp3,
  createCallRecording,
  listCallRecordings,
  fetchCallRecording,
  updateCallRecording,
  deleteCallRecording,
  listConferenceRecordings,
  fetchConferenceRecording,
  updateConferenceRecording,
  deleteConferenceRecording
]
