import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { Queue } from '../../platform/queue.ts'
import type { ProviderRecording } from '../../providers/twilio/voice.ts'
import type { CallRow } from './call-row.ts'
import { publishRecordings } from './lanes.ts'

/**
 * When the provider is asked for a recording of which it has not told, after the end of its call: in parts of the
 * time that it may be silent about a call. With the usual two minutes, the last time is after a day.
 */
const searches = [0.25, 2.5, 30, 180, 720]

/** Undefined when a recording is known, none is expected, or it was sought often enough. */
export function nextSearchAt(
  row: CallRow,
  isExpected: boolean,
  checkAfterMs: number
): number | undefined {
  if (!isExpected || row.recording_status !== null) return undefined
  const times = searches[row.recording_sought]
  return times === undefined ? undefined : row.heard_at + times * checkAfterMs
}

/** Whom a recording belongs to. */
export interface RecordingOwner {
  bearerId: number
  callId: number
  voicemailId?: number
}

/** Takes note of recordings that the provider has; those known already stay as they are. */
export async function noteRecordings(
  deps: { queue: Queue },
  tx: Transaction,
  owner: RecordingOwner,
  recordings: readonly ProviderRecording[],
  now: number
): Promise<void> {
  const notes = recordings.filter(({ status }) => status === 'completed' || status === 'processing')
  for (const { sid, durationSeconds } of notes)
    await sql`insert into recordings (recording_sid, bearer_id, call_id, voicemail_id, status, duration_seconds,
        created_at, updated_at)
      values (${sid}, ${owner.bearerId}, ${owner.callId}, ${owner.voicemailId ?? null}, 'announced',
        ${durationSeconds}, ${now}, ${now})
      on conflict (recording_sid) do nothing`.execute(tx.sql)
  await publishRecordings(
    deps.queue,
    tx,
    notes.map(({ sid }) => ({ bearerId: owner.bearerId, id: sid, dueAt: now }))
  )
}
