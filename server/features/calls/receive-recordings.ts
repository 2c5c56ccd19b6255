import type { Transaction } from '../../platform/database.ts'
import { isUuid } from '../../platform/ids.ts'
import { storable } from '../../platform/storable.ts'
import { secondsIn } from '../../providers/twilio/voice.ts'
import type {
  CallbackDeps,
  Outcomes,
  StoredCallback
} from '../provider-callbacks/process-callbacks.ts'
import { openReturnCalls } from '../return-calls/open-return-calls.ts'
import { announceRecording, keepRecording } from './keep-recording.ts'
import { openCalls } from './open-calls.ts'

/** https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback */
export interface RecordingReport {
  sid: string
  status: string
  durationSeconds: number | null
  callUuid: string
  callSid: string
}

export function readRecordingReport({ form, query }: StoredCallback): RecordingReport {
  const field = (name: string): string => storable(form.get(name) ?? '')
  const uuid = query.get('call_uuid') ?? ''
  return {
    sid: field('RecordingSid'),
    status: field('RecordingStatus'),
    durationSeconds: secondsIn(form.get('RecordingDuration')),
    callUuid: isUuid(uuid) ? uuid.toLowerCase() : '',
    callSid: field('CallSid')
  }
}

/** Nothing was recorded: `failed` is the word of the Record verb. */
export const isEmptyRecording = (status: string): boolean =>
  status === 'absent' || status === 'failed'

/** Takes note of recordings of calls and conferences, which are then taken over. */
export async function receiveRecordings(
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[]
): Promise<Outcomes> {
  await openReturnCalls(deps, tx, callbacks)
  const reports = callbacks.map(readRecordingReport)
  const calls = await openCalls(deps, tx, {
    uuids: reports.flatMap(({ callUuid }) => (callUuid === '' ? [] : [callUuid])),
    sids: reports.map(({ callSid }) => callSid)
  })
  const outcomes: Outcomes = new Map()
  for (const [place, report] of reports.entries()) {
    const id = callbacks[place]?.id ?? 0
    const call =
      calls.byUuid.get(report.callUuid) ??
      calls.bySid.get(report.callSid) ??
      calls.byDialledSid.get(report.callSid)
    if (call === undefined || report.sid === '') {
      outcomes.set(id, 'unmatched')
      continue
    }
    if (report.status !== 'completed' && !isEmptyRecording(report.status)) {
      outcomes.set(id, 'noted')
      continue
    }
    const recording = await announceRecording(deps, tx, {
      ...report,
      bearerId: call.bearer_id,
      callId: call.id
    })
    const isNew = await keepRecording(deps, tx, recording, {
      durationSeconds: report.durationSeconds,
      ...(isEmptyRecording(report.status) && { event: 'foundEmpty' as const })
    })
    outcomes.set(id, isNew ? 'moved' : 'received')
  }
  return outcomes
}
