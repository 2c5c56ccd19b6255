import type { Transaction } from '../../platform/database.ts'
import { storable } from '../../platform/storable.ts'
import type {
  CallbackDeps,
  Outcomes,
  StoredCallback
} from '../provider-callbacks/process-callbacks.ts'
import { findRecording, keepRecording } from './keep-recording.ts'

/**
 * Keeps what the provider wrote down of a recording. One that comes before its recording is known is asked for
 * when the recording has been taken over.
 * https://www.twilio.com/docs/voice/twiml/record#attributes-transcribe-callback
 */
export async function receiveTranscriptions(
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[]
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map()
  for (const { id, form } of callbacks) {
    const field = (name: string): string => storable(form.get(name) ?? '')
    const recording = await findRecording(deps, tx, field('RecordingSid'))
    const status = field('TranscriptionStatus')
    if (recording === undefined) outcomes.set(id, 'unmatched')
    else if (status !== 'completed' && status !== 'failed') outcomes.set(id, 'not_understood')
    else {
      const isNew = await keepRecording(deps, tx, recording, {
        transcription: { sid: field('TranscriptionSid'), status, text: field('TranscriptionText') }
      })
      outcomes.set(id, isNew ? 'moved' : 'unchanged')
    }
  }
  return outcomes
}
