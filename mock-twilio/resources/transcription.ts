import { rfc2822 } from '../dates.ts'
import type { TranscriptionRecord } from '../voice/recording-record.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

export function transcriptionPath(world: World, sid: string): string {
  return `/${apiVersion}/Accounts/${world.accountSid}/Transcriptions/${sid}`
}

/** The price is a number here, unlike elsewhere. */
export function transcriptionResource(
  world: World,
  transcription: TranscriptionRecord
): Record<string, unknown> {
  const { status, durationSeconds } = transcription
  return {
    account_sid: world.accountSid,
    api_version: apiVersion,
    date_created: rfc2822(transcription.dateCreated),
    date_updated: rfc2822(transcription.dateUpdated),
    duration: String(durationSeconds),
    // A round price of our own for each minute begun.
    price: status === 'completed' ? -0.05 * Math.ceil(durationSeconds / 60) : null,
    price_unit: 'USD',
    recording_sid: transcription.recordingSid,
    sid: transcription.sid,
    status,
    transcription_text: transcription.text,
    type: 'fast',
    uri: `${transcriptionPath(world, transcription.sid)}.json`
  }
}
