import type { Transaction } from '../../platform/database.ts'
import { isUuid } from '../../platform/ids.ts'
import { storable } from '../../platform/storable.ts'
import type {
  CallbackDeps,
  Outcomes,
  StoredCallback
} from '../provider-callbacks/process-callbacks.ts'
import { applyCallReport } from './apply-call-report.ts'
import type { CallRow } from './call-row.ts'
import { isOver, meaningOf } from './lifecycle.ts'
import { keepCalls, openCalls, type OpenCalls } from './open-calls.ts'

/**
 * What a callback says of a call, when its status changes or when the provider asks what comes next.
 * https://www.twilio.com/docs/voice/api/call-resource#statuscallback
 */
interface Report {
  uuid: string
  sid: string
  parentSid: string
  status: string
  answeredBy: string | null
  /** What became of a leg that was dialled from the call; '' when it does not speak of one. */
  dialStatus: string
  dialledSid: string
  /** What was dialled from it is over. */
  isDialOver: boolean
}

/** Moves calls by what the provider's callbacks report of them. */
export async function receiveCallReports(
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[]
): Promise<Outcomes> {
  const reports = callbacks.map(readReport)
  const calls = await openCalls(deps, tx, {
    uuids: reports.flatMap(({ uuid }) => (uuid === '' ? [] : [uuid])),
    sids: reports.flatMap(({ sid, parentSid }) => [sid, parentSid])
  })
  const outcomes = reports.map(report => takeReport(calls, report, deps.clock.now()))
  await keepCalls(deps, tx, calls)
  return new Map(callbacks.map(({ id }, place) => [id, outcomes[place] ?? 'unmatched']))
}

function readReport({ form, query }: StoredCallback): Report {
  const field = (name: string): string => storable(form.get(name) ?? '')
  const uuid = query.get('call_uuid') ?? ''
  return {
    uuid: isUuid(uuid) ? uuid.toLowerCase() : '',
    sid: field('CallSid'),
    parentSid: field('ParentCallSid'),
    status: field('CallStatus'),
    answeredBy: form.has('AnsweredBy') ? field('AnsweredBy') : null,
    dialStatus: field('DialCallStatus'),
    dialledSid: field('DialCallSid'),
    isDialOver: query.get('step') === 'over'
  }
}

function takeReport(calls: OpenCalls, report: Report, now: number): string {
  const row =
    calls.byUuid.get(report.uuid) ??
    calls.bySid.get(report.sid) ??
    calls.byDialledSid.get(report.sid) ??
    calls.bySid.get(report.parentSid)
  if (row === undefined) return 'unmatched'
  const outcome =
    row.conference_call_id === null
      ? takeDirect(calls, row, report, now)
      : takeLeg(calls, row, report, now)
  if (outcome !== 'unchanged' && outcome !== 'not_understood') calls.changed.add(row)
  return outcome
}

function takeLeg(calls: OpenCalls, row: CallRow, report: Report, now: number): string {
  const { sid, status, answeredBy, isDialOver } = report
  const holder = calls.bySid.get(sid)
  // A SID that was guessed for another call, of which no callback has told: this one, which bears our id, knows better.
  if (holder !== undefined && holder !== row && holder.internal_status === 'calling') {
    holder.call_sid = null
    calls.changed.add(holder)
  }
  const isTaken = holder !== undefined && holder !== row && holder.call_sid !== null
  const { outcome, told } = applyCallReport(
    row,
    { sid: isTaken ? '' : sid, status, answeredBy },
    now
  )
  if (told) calls.told.add(row)
  if (!isDialOver || row.left_at !== null) return outcome
  // Whoever is asked for what comes after the conference has left it.
  row.left_at = now
  return 'moved'
}

/** A call that connects two: how it fares is how the dialled leg fares. A return call is as its caller's own. */
function takeDirect(calls: OpenCalls, row: CallRow, report: Report, now: number): string {
  const { sid, parentSid, answeredBy, dialStatus, dialledSid } = report
  const isUnheardOf = row.call_sid === null && row.dialled_sid === null
  const isDialled = parentSid !== '' || (sid !== '' && sid === row.dialled_sid)
  let isNoted = false
  if (isDialled && row.dialled_sid === null) {
    row.dialled_sid = sid
    isNoted = true
  }
  if (dialledSid !== '' && row.dialled_sid === null) {
    row.dialled_sid = dialledSid
    isNoted = true
  }
  const ownSid = isDialled ? parentSid : sid
  if (row.call_sid === null && ownSid !== '' && !calls.bySid.has(ownSid)) {
    row.call_sid = ownSid
    isNoted = true
  }
  if (isUnheardOf && isNoted) calls.doubtful.add(row)
  const status = statusOf(row, report, isDialled)
  if (status === undefined) {
    // The caller's own leg is over, and nobody has told what became of the other one.
    if (
      !isDialled &&
      dialStatus === '' &&
      isOver(meaningOf(report.status) ?? '') &&
      !isOver(row.internal_status)
    ) {
      calls.doubtful.add(row)
      isNoted = true
    }
    return isNoted ? 'noted' : 'unchanged'
  }
  const { outcome, told } = applyCallReport(row, { sid: '', status, answeredBy }, now)
  if (told) calls.told.add(row)
  if (isOver(row.internal_status)) calls.doubtful.add(row)
  return outcome === 'unchanged' && isNoted ? 'noted' : outcome
}

/** The word that speaks of the call; undefined when this one speaks of its other leg. */
function statusOf(row: CallRow, report: Report, isDialled: boolean): string | undefined {
  if (row.kind === 'return') return isDialled ? undefined : report.status
  if (isDialled) return report.status
  return report.dialStatus === '' ? undefined : report.dialStatus
}
