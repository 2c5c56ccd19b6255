import { type RawBuilder, sql } from 'kysely'
import { isoTime } from '../../platform/clock.ts'
import { hourMs, type Storage } from '../../platform/storage.ts'
import { presentTranscription } from '../calls/call-row.ts'
import type { Voicemail } from './schemas.ts'

/** A voicemail as its table has it, with its recording and its conversation's ids. */
export interface VoicemailRow {
  id: number
  uuid: string
  bearer_id: number
  call_id: number
  recording_id: number
  conversation_id: number | null
  caller_id: string
  participant_number: string
  provider_number: string
  callback_url: string | null
  internal_status: string
  provider_status: string | null
  created_at: number
  updated_at: number
  call_uuid: string
  storage_key: string | null
  recording_duration: number | null
  transcription_status: string | null
  transcription_text: string | null
  client_conversation_id: string | null
  conversation_callback_url: string | null
}

/** ``select ${voicemailFields} ${fromVoicemails} where …`` reads `VoicemailRow`s. */
export const voicemailFields: RawBuilder<unknown> = sql`v.*, k.uuid as call_uuid, g.storage_key,
  g.duration_seconds as recording_duration, g.transcription_status, g.transcription_text,
  c.client_conversation_id, c.callback_url as conversation_callback_url`
export const fromVoicemails: RawBuilder<unknown> = sql`from voicemails v
  join calls k on k.id = v.call_id join recordings g on g.id = v.recording_id
  left join conversations c on c.id = v.conversation_id`

/** The voicemail resource of the API, and the payload of its events. */
export async function presentVoicemail(storage: Storage, row: VoicemailRow): Promise<Voicemail> {
  const { storage_key: key } = row
  return {
    id: row.id,
    caller_id: row.caller_id,
    created_at: isoTime(row.created_at),
    internal_status: row.internal_status,
    participant_number: row.participant_number,
    provider_number: row.provider_number,
    provider_status: row.provider_status,
    updated_at: isoTime(row.updated_at),
    recording_url: key === null ? '' : await storage.linkTo(key, { lifetimeMs: 24 * hourMs }),
    recording_duration: row.recording_duration,
    transcription: presentTranscription(row),
    call_uuid: row.call_uuid,
    client_conversation_id: row.client_conversation_id
  }
}
