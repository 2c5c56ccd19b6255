import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { allSettled } from '../../platform/all-settled.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { BatchHandler, Entry, Verdict } from '../../platform/queue.ts'
import type { ProviderStatus } from '../../providers/twilio/gateway.ts'
import type { ProviderRecording, VoiceGateway } from '../../providers/twilio/voice.ts'
import { createVoicemail } from '../voicemails/receive-voicemails.ts'
import { applyCallReport, endCall } from './apply-call-report.ts'
import type { CallRow } from './call-row.ts'
import { announceRecording } from './keep-recording.ts'
import { isOver } from './lifecycle.ts'
import { type CallDeps, keepCalls, openCalls } from './open-calls.ts'
import { nextSearchAt, noteRecordings } from './seek-recordings.ts'

export interface CallCheckDeps extends CallDeps {
  log: Logger
  voice: VoiceGateway
  config: Pick<Config, 'CALL_CHECK_AFTER_MS' | 'RECORD_CALLS'>
}

/** A call that was prepared for a browser, and that the provider never told of, was never made. */
const neverMadeAfterMs = 24 * 3_600_000
const longestBackoffMs = 600_000

/** What the provider says when it is asked. */
interface Answer {
  /** Of the call; undefined when the provider does not know it. */
  report: ProviderStatus | undefined
  dialledSid: string | undefined
  recordings: ProviderRecording[] | undefined
}

/**
 * Asks the provider after direct calls of which it has told nothing for a while, and after their recordings: a callback
 * is sent once, and one that came while the server was away is lost.
 */
export function createCallChecks(deps: CallCheckDeps): BatchHandler {
  return entries => allSettled(entries.map(entry => check(deps, entry)))
}

async function check(deps: CallCheckDeps, entry: Entry): Promise<void> {
  const { database, queue, clock } = deps
  const row = await database.transaction(async tx =>
    (await openCalls(deps, tx, { uuids: [entry.payload], sids: [] })).byUuid.get(entry.payload)
  )
  let verdict: Verdict
  if (row === undefined) verdict = { entry, outcome: 'done' }
  else {
    try {
      const answer = await ask(deps, row)
      return await take(deps, entry, answer)
    } catch (error) {
      deps.log.warn({ err: error, call: row.uuid }, 'the provider could not be asked about a call')
      const at = clock.now() + backoffMs(entry.attempts, { baseMs: 1_000, maxMs: longestBackoffMs })
      verdict = { entry, outcome: 'retry', at, countsAsAttempt: true }
    }
  }
  await database.transaction(tx => queue.settle([verdict], tx))
}

/** A return call is recorded where its caller left a message or was connected; others when they were answered. */
const isRecorded = (row: CallRow, config: CallCheckDeps['config']): boolean =>
  row.internal_status === 'completed' &&
  (row.kind === 'return'
    ? row.menu_choice === 'voicemail' || row.menu_choice === 'connect'
    : config.RECORD_CALLS)

async function ask({ voice, config, clock }: CallCheckDeps, row: CallRow): Promise<Answer> {
  if (isOver(row.internal_status)) {
    const searchAt = nextSearchAt(row, isRecorded(row, config), config.CALL_CHECK_AFTER_MS)
    const isDue = searchAt !== undefined && searchAt <= clock.now() && row.call_sid !== null
    return {
      report: undefined,
      dialledSid: undefined,
      recordings: isDue ? await voice.findRecordings({ callSid: row.call_sid ?? '' }) : undefined
    }
  }
  if (row.kind === 'return')
    return {
      report: await voice.fetchCall(row.call_sid ?? ''),
      dialledSid: undefined,
      recordings: undefined
    }
  return { ...(await askForDialled(voice, row)), recordings: undefined }
}

/** How a call from a browser fares is how the leg fares that was dialled from it. */
async function askForDialled(
  voice: VoiceGateway,
  row: CallRow
): Promise<Pick<Answer, 'report' | 'dialledSid'>> {
  const leg =
    row.dialled_sid === null
      ? row.call_sid === null
        ? undefined
        : await voice.findDialledLeg(row.call_sid)
      : await voice.fetchCall(row.dialled_sid)
  if (leg !== undefined) return { report: leg, dialledSid: leg.sid }
  const parent = row.call_sid === null ? undefined : await voice.fetchCall(row.call_sid)
  // Its own leg is over and nothing was ever dialled from it.
  const isDead =
    parent !== undefined &&
    parent.status !== 'queued' &&
    parent.status !== 'ringing' &&
    parent.status !== 'in-progress'
  return {
    report: isDead ? { ...parent, status: 'failed' } : undefined,
    dialledSid: undefined
  }
}

async function take(deps: CallCheckDeps, entry: Entry, answer: Answer): Promise<void> {
  const { database, queue, config } = deps
  await database.transaction(async tx => {
    const now = deps.clock.now()
    const calls = await openCalls(deps, tx, { uuids: [entry.payload], sids: [] })
    const row = calls.byUuid.get(entry.payload)
    if (row === undefined) return queue.settle([{ entry, outcome: 'done' }], tx)
    const wasOver = isOver(row.internal_status)
    if (!wasOver) {
      row.dialled_sid ??= answer.dialledSid ?? null
      const told = answer.report
        ? applyCallReport(row, { ...answer.report, sid: '' }, now).told
        : isHopeless(row, now) && endCall(row, 'failed', now, neverMade)
      if (told) calls.told.add(row)
      row.heard_at = now
      calls.changed.add(row)
    } else if (answer.recordings !== undefined) {
      row.recording_sought++
      calls.changed.add(row)
      await noteFound(deps, tx, row, answer.recordings, now)
    }
    await keepCalls(deps, tx, calls)
    const next = isOver(row.internal_status)
      ? nextSearchAt(
          row,
          isRecorded(row, config) && (answer.recordings?.length ?? 0) === 0,
          config.CALL_CHECK_AFTER_MS
        )
      : isUnheardOf(row)
        ? row.created_at + neverMadeAfterMs
        : now + config.CALL_CHECK_AFTER_MS
    await queue.settle(
      [
        next === undefined
          ? { entry, outcome: 'done' }
          : { entry, outcome: 'retry', at: Math.max(next, now), countsAsAttempt: false }
      ],
      tx
    )
  })
}

const neverMade = { code: 'never_made', description: 'The call was never made.' }

/** There is nothing to ask the provider for: only its callback can tell, and that has the call checked again. */
const isUnheardOf = ({ call_sid, dialled_sid }: CallRow): boolean =>
  call_sid === null && dialled_sid === null

const isHopeless = (row: CallRow, now: number): boolean =>
  now >= row.created_at + neverMadeAfterMs && row.dialled_sid === null

/** What was left after a tone is a voicemail; anything else is the recording of the call. */
async function noteFound(
  deps: CallCheckDeps,
  tx: Parameters<typeof noteRecordings>[1],
  row: CallRow,
  recordings: readonly ProviderRecording[],
  now: number
): Promise<void> {
  const owner = { bearerId: row.bearer_id, callId: row.id }
  const voicemails = recordings.filter(({ isVoicemail }) => isVoicemail)
  await noteRecordings(
    deps,
    tx,
    owner,
    recordings.filter(({ isVoicemail }) => !isVoicemail),
    now
  )
  for (const { sid, status, durationSeconds } of voicemails) {
    const recording = await announceRecording(deps, tx, { ...owner, sid, durationSeconds })
    await createVoicemail(deps, tx, row, recording, status)
  }
}
