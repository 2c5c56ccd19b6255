import { type RawBuilder, sql } from 'kysely'
import { isoTime } from '../../platform/clock.ts'
import { hourMs, type Storage } from '../../platform/storage.ts'
import { isMachine } from '../conference-calls/lifecycle.ts'
import type { Call } from './schemas.ts'

/** A call as its table has it, with its conversation's ids and its recording. */
export interface CallRow {
  id: number
  uuid: string
  bearer_id: number
  conversation_id: number | null
  conference_call_id: number | null
  kind: string
  call_sid: string | null
  dialled_sid: string | null
  participant_number: string
  provider_number: string
  moderator_id: string | null
  client_call_id: string | null
  callback_url: string | null
  internal_status: string
  provider_status: string | null
  answered_by: string | null
  menu_choice: string | null
  error_code: string | null
  error_description: string | null
  failed_at: number | null
  provider_call_at: number | null
  joined_at: number | null
  left_at: number | null
  welcomed_at: number | null
  heard_at: number
  recording_sought: number
  created_at: number
  updated_at: number
  client_conversation_id: string | null
  global_id: string | null
  internal_conversation_id: string | null
  conversation_callback_url: string | null
  recording_status: string | null
  recording_key: string | null
  recording_duration: number | null
  transcription_status: string | null
  transcription_text: string | null
}

/** The columns of a new row, for bulk inserts. */
export const callColumns = {
  uuid: 'uuid',
  bearer_id: 'bigint',
  conversation_id: 'bigint',
  conference_call_id: 'bigint',
  kind: 'text',
  call_sid: 'text',
  participant_number: 'text',
  provider_number: 'text',
  moderator_id: 'text',
  client_call_id: 'text',
  callback_url: 'text',
  internal_status: 'text',
  provider_status: 'text',
  error_code: 'text',
  error_description: 'text',
  failed_at: 'bigint',
  heard_at: 'bigint',
  recording_sought: 'integer',
  created_at: 'bigint',
  updated_at: 'bigint'
} as const

export type NewCall = { [Column in keyof typeof callColumns]: CallRow[Column] }

/** A call that is about to be, with nothing known yet. */
export function newCall(
  fields: Pick<
    NewCall,
    'uuid' | 'bearer_id' | 'kind' | 'participant_number' | 'provider_number' | 'internal_status'
  > &
    Partial<NewCall>,
  now: number
): NewCall {
  return {
    conversation_id: null,
    conference_call_id: null,
    call_sid: null,
    moderator_id: null,
    client_call_id: null,
    callback_url: null,
    provider_status: null,
    error_code: null,
    error_description: null,
    failed_at: null,
    heard_at: now,
    recording_sought: 0,
    created_at: now,
    updated_at: now,
    ...fields
  }
}

/** ``select ${callFields} ${fromCalls} where …`` reads `CallRow`s. */
export const callFields: RawBuilder<unknown> = sql`k.*, c.client_conversation_id, c.global_id,
  c.internal_conversation_id, c.callback_url as conversation_callback_url, g.status as recording_status,
  g.storage_key as recording_key, g.duration_seconds as recording_duration, g.transcription_status,
  g.transcription_text`
export const fromCalls: RawBuilder<unknown> = sql`from calls k
  left join conversations c on c.id = k.conversation_id
  left join recordings g on g.id = (select max(x.id) from recordings x where x.call_id = k.id and x.voicemail_id is null)`

/** What one may read of what was said. */
export interface TranscriptionFacts {
  transcription_status: string | null
  transcription_text: string | null
}

export const presentTranscription = ({
  transcription_status: status,
  transcription_text: text
}: TranscriptionFacts): { status?: string; text?: string } =>
  status === null ? {} : { status, ...(text !== null && { text }) }

/** A link to a recording of a call: good for 12 hours; '' where there is none. */
export async function linkToRecording(storage: Storage, key: string | null): Promise<string> {
  return key === null ? '' : storage.linkTo(key, { lifetimeMs: 12 * hourMs })
}

/** The call resource of the API, and the payload of its events. */
export async function presentCall(storage: Storage, row: CallRow): Promise<Call> {
  return {
    id: row.id,
    call_sid: row.call_sid,
    client_conversation_id: row.client_conversation_id,
    created_at: isoTime(row.created_at),
    error_code: row.error_code,
    error_description: row.error_description,
    failed_at: row.failed_at === null ? null : isoTime(row.failed_at),
    internal_status: row.internal_status,
    machine_detected: isMachine(row.answered_by),
    participant_number: row.participant_number,
    provider_number: row.provider_number,
    provider_status: row.provider_status,
    recording_duration: row.recording_duration,
    recording_url: await linkToRecording(storage, row.recording_key),
    transcription: presentTranscription(row),
    updated_at: isoTime(row.updated_at),
    uuid: row.uuid,
    kind: row.kind,
    answered_by: row.answered_by,
    menu_choice: row.menu_choice,
    moderator_id: row.moderator_id,
    client_call_id: row.client_call_id,
    global_id: row.global_id,
    internal_conversation_id: row.internal_conversation_id
  }
}
