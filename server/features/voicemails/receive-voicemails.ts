import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import { newUuid } from '../../platform/ids.ts'
import type { CallRow } from '../calls/call-row.ts'
import { announceRecording, keepRecording, type RecordingRow } from '../calls/keep-recording.ts'
import { type CallDeps, openCalls } from '../calls/open-calls.ts'
import { isEmptyRecording, readRecordingReport } from '../calls/receive-recordings.ts'
import type {
  CallbackDeps,
  Outcomes,
  StoredCallback
} from '../provider-callbacks/process-callbacks.ts'
import { openReturnCalls } from '../return-calls/open-return-calls.ts'

/** Takes note of what callers left after the tone. The same one twice is one voicemail. */
export async function receiveVoicemails(
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[]
): Promise<Outcomes> {
  await openReturnCalls(deps, tx, callbacks)
  const reports = callbacks.map(readRecordingReport)
  const calls = await openCalls(deps, tx, {
    uuids: [],
    sids: reports.map(({ callSid }) => callSid)
  })
  const outcomes: Outcomes = new Map()
  for (const [place, report] of reports.entries()) {
    const id = callbacks[place]?.id ?? 0
    const call = calls.bySid.get(report.callSid)
    if (call === undefined || call.kind !== 'return' || report.sid === '') {
      outcomes.set(id, 'unmatched')
      continue
    }
    const recording = await announceRecording(deps, tx, {
      ...report,
      bearerId: call.bearer_id,
      callId: call.id
    })
    const isNew = await createVoicemail(deps, tx, call, recording, report.status)
    const hasMoved = await keepRecording(deps, tx, recording, {
      durationSeconds: report.durationSeconds,
      ...(isEmptyRecording(report.status) && { event: 'foundEmpty' as const })
    })
    outcomes.set(id, isNew ? 'received' : hasMoved ? 'moved' : 'unchanged')
  }
  return outcomes
}

/** Makes the voicemail of a recording, unless it is there; false then. The recording in hand learns of it. */
export async function createVoicemail(
  { clock }: Pick<CallDeps, 'clock'>,
  tx: Transaction,
  call: CallRow,
  recording: RecordingRow,
  providerStatus: string
): Promise<boolean> {
  if (recording.voicemail_id !== null) return false
  const now = clock.now()
  const { rows } = await sql<{ id: number }>`
    insert into voicemails (uuid, bearer_id, call_id, recording_id, conversation_id, caller_id, participant_number,
      provider_number, callback_url, internal_status, provider_status, created_at, updated_at)
    values (${newUuid(now)}, ${call.bearer_id}, ${call.id}, ${recording.id}, ${call.conversation_id},
      ${call.participant_number}, ${call.participant_number}, ${call.provider_number}, ${call.callback_url},
      'received', ${providerStatus}, ${now}, ${now})
    on conflict (recording_id) do nothing returning id`.execute(tx.sql)
  const [voicemail] = rows
  if (voicemail === undefined) return false
  recording.voicemail_id = voicemail.id
  await sql`update recordings set voicemail_id = ${voicemail.id} where id = ${recording.id}`.execute(
    tx.sql
  )
  return true
}
