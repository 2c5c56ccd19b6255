import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { conferenceNews } from '../conference-calls/conference-news.ts'
import { findConferences } from '../conference-calls/conference-row.ts'
import { keepVoicemail } from '../voicemails/keep-voicemail.ts'
import { callNews } from './call-news.ts'
import { callFields, type CallRow, fromCalls } from './call-row.ts'
import type { CallDeps } from './open-calls.ts'
import { publishRecordings } from './lanes.ts'
import { recordingAfter, type RecordingEvent } from './recording-lifecycle.ts'

/** A recording as its table has it. */
export interface RecordingRow {
  id: number
  recording_sid: string
  bearer_id: number
  call_id: number
  voicemail_id: number | null
  status: string
  duration_seconds: number | null
  storage_key: string | null
  content_type: string | null
  bytes: number | null
  transcription_sid: string | null
  transcription_status: string | null
  transcription_text: string | null
  deleted_at_provider: number | null
  created_at: number
  updated_at: number
}

/** Something that became known of a recording. */
export interface RecordingNews {
  event?: RecordingEvent
  stored?: { key: string; contentType: string; bytes: number }
  durationSeconds?: number | null
  transcription?: { sid: string; status: string; text: string } | undefined
}

export async function findRecording(
  { database }: Pick<CallDeps, 'database'>,
  tx: Transaction,
  recordingSid: string
): Promise<RecordingRow | undefined> {
  const { rows } = await sql<RecordingRow>`
    select * from recordings where recording_sid = ${recordingSid} ${database.locking('for update')}`.execute(
    tx.sql
  )
  return rows[0]
}

/**
 * Stores what became known of a recording, and tells whoever it belongs to. Gives whether it was new.
 *
 * @param recording in hand, locked, and its call before it: what is told of the call must not be older than what was
 *   told last; it is changed
 */
export async function keepRecording(
  deps: CallDeps,
  tx: Transaction,
  recording: RecordingRow,
  news: RecordingNews
): Promise<boolean> {
  const now = deps.clock.now()
  const occurrences: string[] = []
  const next = news.event && recordingAfter(recording.status, news.event)
  if (next !== undefined) {
    recording.status = next
    if (news.stored && next === 'stored') {
      recording.storage_key = news.stored.key
      recording.content_type = news.stored.contentType
      recording.bytes = news.stored.bytes
      occurrences.push('recording_stored')
    }
  }
  const { transcription } = news
  if (transcription && recording.transcription_status === null) {
    recording.transcription_sid = transcription.sid
    recording.transcription_status = transcription.status === 'completed' ? 'completed' : 'failed'
    recording.transcription_text = transcription.status === 'completed' ? transcription.text : null
    occurrences.push('transcripted')
  }
  const learnedDuration = recording.duration_seconds === null && news.durationSeconds != null
  if (learnedDuration) recording.duration_seconds = news.durationSeconds ?? null
  if (next === undefined && occurrences.length === 0 && !learnedDuration) return false
  recording.updated_at = now
  await sql`update recordings set status = ${recording.status}, storage_key = ${recording.storage_key},
      content_type = ${recording.content_type}, bytes = ${recording.bytes},
      duration_seconds = ${recording.duration_seconds}, transcription_sid = ${recording.transcription_sid},
      transcription_status = ${recording.transcription_status},
      transcription_text = ${recording.transcription_text}, updated_at = ${now}
    where id = ${recording.id}`.execute(tx.sql)
  if (recording.voicemail_id !== null) await keepVoicemail(deps, tx, recording, now)
  else await tellOwner(deps, tx, recording, occurrences, now)
  return true
}

/** The call or the conference that was recorded is told of as it is now. */
async function tellOwner(
  deps: CallDeps,
  tx: Transaction,
  recording: RecordingRow,
  occurrences: readonly string[],
  now: number
): Promise<void> {
  if (occurrences.length === 0) return
  const { rows } = await sql<CallRow>`
    select ${callFields} ${fromCalls} where k.id = ${recording.call_id}`.execute(tx.sql)
  const [call] = rows
  if (call === undefined) return
  for (const occurrence of occurrences) {
    if (call.conference_call_id === null) {
      await emitEvents(deps, tx, await callNews(deps.storage, call, occurrence), now)
      continue
    }
    const [conference] = await findConferences(
      deps.database,
      tx.sql,
      sql`f.id = ${call.conference_call_id}`
    )
    if (conference)
      await emitEvents(deps, tx, [await conferenceNews(deps.storage, conference, occurrence)], now)
  }
}

/** Makes a recording known, whoever tells of it first, and has it taken over. Gives it, locked. */
export async function announceRecording(
  deps: CallDeps,
  tx: Transaction,
  {
    sid,
    bearerId,
    callId,
    durationSeconds = null
  }: { sid: string; bearerId: number; callId: number; durationSeconds?: number | null | undefined }
): Promise<RecordingRow> {
  const now = deps.clock.now()
  await sql`insert into recordings (recording_sid, bearer_id, call_id, status, duration_seconds, created_at, updated_at)
    values (${sid}, ${bearerId}, ${callId}, 'announced', ${durationSeconds}, ${now}, ${now})
    on conflict (recording_sid) do nothing`.execute(tx.sql)
  const recording = await findRecording(deps, tx, sid)
  if (recording === undefined) throw new Error(`The recording ${sid} was stored and is not there`)
  await publishRecordings(deps.queue, tx, [{ bearerId, id: sid, dueAt: now }])
  return recording
}
