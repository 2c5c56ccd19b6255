import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { Queue } from '../../platform/queue.ts'
import type { ProviderRecording } from '../../providers/twilio/voice.ts'
import type { CallRow } from './call-row.ts'
import { publishRecordings } from './lanes.ts'

/** When the provider is asked for a recording of which it has not told, after the end of its call. */
const searchesMs = [30_000, 300_000, 3_600_000, 6 * 3_600_000, 24 * 3_600_000]

/** Undefined when a recording is known, none is expected, or it was sought often enough. */
export function nextSearchAt(row: CallRow, isExpected: boolean): number | undefined {
  if (!isExpected || row.recording_status !== null) return undefined
  const wait = searchesMs[row.recording_sought]
  return wait === undefined ? undefined : row.heard_at + wait
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
