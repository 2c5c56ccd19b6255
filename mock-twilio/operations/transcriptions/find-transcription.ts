import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { TranscriptionRecord } from '../../voice/recording-record.ts'

/** Of the recording in the path, if one is named there. */
export function findTranscription({ world, params, path }: Call): TranscriptionRecord {
  const transcription = world.transcriptions.find(params['Sid'] ?? '')
  const recordingSid = params['RecordingSid'] ?? transcription?.recordingSid
  if (transcription === undefined || transcription.recordingSid !== recordingSid) {
    throw refusal(20404, path)
  }
  return transcription
}
