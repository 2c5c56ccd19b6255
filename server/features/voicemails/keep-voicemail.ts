import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import type { RecordingRow } from '../calls/keep-recording.ts'
import type { CallDeps } from '../calls/open-calls.ts'
import { emitEvents, type News } from '../client-events/emit-events.ts'
import { statusesAfter, type VoicemailStatus } from './lifecycle.ts'
import {
  fromVoicemails,
  presentVoicemail,
  voicemailFields,
  type VoicemailRow
} from './voicemail-row.ts'

/** The events that each status is told by. */
const eventsOf: Readonly<Record<VoicemailStatus, readonly string[]>> = {
  received: [],
  recorded: ['direct_calls.voicemail.recorded', 'direct_calls.voicemail.status_update'],
  transcripted: ['direct_calls.voicemail.transcripted', 'direct_calls.voicemail.status_update'],
  transcription_failed: ['direct_calls.voicemail.status_update'],
  failed: ['direct_calls.voicemail.status_update']
}

/** Moves a voicemail to where its recording has come, and tells of every status on the way. */
export async function keepVoicemail(
  deps: CallDeps,
  tx: Transaction,
  recording: RecordingRow,
  now: number
): Promise<void> {
  const { rows } = await sql<VoicemailRow>`
    select ${voicemailFields} ${fromVoicemails}
    where v.recording_id = ${recording.id} ${deps.database.locking('for update of v')}`.execute(
    tx.sql
  )
  const [row] = rows
  if (row === undefined) return
  const steps = statusesAfter(row.internal_status, {
    status: recording.status,
    transcriptionStatus: recording.transcription_status
  })
  const last = steps.at(-1)
  if (last === undefined) return
  await sql`update voicemails set internal_status = ${last}, updated_at = ${now} where id = ${row.id}`.execute(
    tx.sql
  )
  const news: News[] = []
  for (const status of steps) {
    const fields = await presentVoicemail(deps.storage, {
      ...row,
      internal_status: status,
      updated_at: now
    })
    for (const type of eventsOf[status])
      news.push({
        type,
        bearerId: row.bearer_id,
        resourceId: row.uuid,
        occurrence: status,
        callbackUrl: row.callback_url ?? row.conversation_callback_url,
        fields
      })
  }
  await emitEvents(deps, tx, news, now)
}
