import { refusal } from '../../errors.ts'
import type { Call, Operation } from '../../operation.ts'
import { envelope, pageRequest, takePage } from '../../paging.ts'
import { transcriptionResource } from '../../resources/transcription.ts'
import type { TranscriptionRecord } from '../../voice/recording-record.ts'

/** Newest first. */
export const listTranscriptions: Operation = {
  name: 'list-transcriptions',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Transcriptions.json',
  status: 200,
  handle: asked => list(asked, () => true)
}

export const listRecordingTranscriptions: Operation = {
  name: 'list-recording-transcriptions',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Recordings/:RecordingSid/Transcriptions.json',
  status: 200,
  handle: asked => {
    const recording = asked.world.recordings.find(asked.params['RecordingSid'] ?? '')
    if (recording === undefined) throw refusal(20404, asked.path)
    return list(asked, ({ recordingSid }) => recordingSid === recording.sid)
  }
}

function list(
  { world, query, path }: Call,
  isMeant: (transcription: TranscriptionRecord) => boolean
): Record<string, unknown> {
  const page = takePage(
    pageRequest(query),
    before => world.transcriptions.newestFirst(before).filter(isMeant),
    transcription => transcription.seq
  )
  return envelope('transcriptions', path, query, page, transcription =>
    transcriptionResource(world, transcription)
  )
}
