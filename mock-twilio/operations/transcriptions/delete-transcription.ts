import { refusal } from '../../errors.ts'
import type { Call, Operation } from '../../operation.ts'
import { findTranscription } from './find-transcription.ts'

export const deleteTranscription: Operation = {
  name: 'delete-transcription',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Transcriptions/:Sid.json',
  status: 204,
  handle: remove
}

export const deleteRecordingTranscription: Operation = {
  name: 'delete-recording-transcription',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Recordings/:RecordingSid/Transcriptions/:Sid.json',
  status: 204,
  handle: remove
}

function remove(asked: Call): undefined {
  const { world } = asked
  const transcription = findTranscription(asked)
  if (transcription.status === 'in-progress') throw refusal(20009, transcription.sid)
  world.transcriptions.remove(transcription)
  world.journal.append({ kind: 'transcription.deleted', sid: transcription.sid })
  return undefined
}
