import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { allSettled } from '../../platform/all-settled.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { BatchHandler, Entry, Queue, Verdict } from '../../platform/queue.ts'
import type { Storage } from '../../platform/storage.ts'
import type { ProviderStatus, SendOutcome, TwilioGateway } from '../../providers/twilio/gateway.ts'
import {
  longestConferenceSeconds,
  type ProviderRecording,
  type VoiceGateway
} from '../../providers/twilio/voice.ts'
import { applyCallReport, claimCall, endCall } from '../calls/apply-call-report.ts'
import type { CallRow } from '../calls/call-row.ts'
import { findLostCall } from '../calls/find-lost-call.ts'
import { noteRecordings } from '../calls/seek-recordings.ts'
import { findOptedOut } from '../opt-outs/registry.ts'
import { callUrls } from '../provider-callbacks/call-urls.ts'
import { type Conference, findConferences } from './conference-row.ts'
import { keepConference } from './keep-conference.ts'
import { keyOf, patienceMs, planConference, type Step, type Times } from './plan-conference.ts'

export interface DirectionDeps {
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  metrics: Metrics
  storage: Storage
  twilio: TwilioGateway
  voice: VoiceGateway
  config: Pick<
    Config,
    | 'PUBLIC_URL'
    | 'RECONCILE_AFTER_MS'
    | 'CALL_CHECK_AFTER_MS'
    | 'CALL_RING_SECONDS'
    | 'RECORD_CALLS'
    | 'WELCOME_MESSAGE'
  >
}

/** What came of a step. */
type Result =
  | { step: Step; kind: 'placed'; outcome: SendOutcome }
  | { step: Step; kind: 'heard'; report: ProviderStatus | undefined }
  | { step: Step; kind: 'looked_up'; sid: string | undefined; status: string; calls: string[] }
  | { step: Step; kind: 'recordings'; recordings: ProviderRecording[] }
  | { step: Step; kind: 'done' }
  | { step: Step; kind: 'trouble' }

const longestBackoffMs = 60_000

/**
 * Directs conference calls: looks at what is known of one, does what follows from it, and stores what came of
 * that, until nothing is left to be done now. Whatever happens elsewhere (callbacks, time, a restart) only has the
 * call looked at again.
 *
 * A leg is claimed, with the time of the call, before the provider is called; one that was claimed and of which
 * nothing is known is looked for before it is called again.
 */
export function createConferenceDirection(deps: DirectionDeps): BatchHandler {
  const { config } = deps
  const times: Times = {
    reconcileAfterMs: config.RECONCILE_AFTER_MS,
    checkAfterMs: config.CALL_CHECK_AFTER_MS,
    recorded: config.RECORD_CALLS,
    welcomeMessage: config.WELCOME_MESSAGE
  }

  async function direct(entry: Entry): Promise<void> {
    const done = new Set<string>()
    let results: Result[] = []
    for (;;) {
      const taken = results
      const work = await deps.database.transaction(tx =>
        takeSteps(deps, tx, entry, taken, times, done)
      )
      if (work === undefined) return
      for (const step of work.steps) done.add(keyOf(step))
      results = await Promise.all(work.steps.map(step => perform(deps, work.conference, step)))
    }
  }

  return entries => allSettled(entries.map(direct))
}

/** Stores results, then claims what follows; undefined when nothing does, and the entry is settled. */
async function takeSteps(
  deps: DirectionDeps,
  tx: Transaction,
  entry: Entry,
  results: readonly Result[],
  times: Times,
  done: ReadonlySet<string>
): Promise<{ conference: Conference; steps: Step[] } | undefined> {
  const { database, queue, clock } = deps
  const now = clock.now()
  const [conference] = await findConferences(database, tx.sql, sql`f.uuid = ${entry.payload}`, {
    lock: true
  })
  if (conference === undefined) {
    await queue.settle([{ entry, outcome: 'done' }], tx)
    return undefined
  }
  const told = new Set<CallRow>()
  for (const result of results) await takeIn(deps, tx, conference, result, told, now)
  const { steps } = planConference(conference, now, times, done)
  const refused = await refuseOptedOut(database, tx, steps, told, now)
  const wanted = steps.filter(step => !refused.has(step))
  for (const step of wanted) claim(step, now)
  await keepConference(deps, tx, conference, told, now)
  if (steps.length > 0) return { conference, steps: wanted }

  const isTroubled = results.some(isTrouble)
  const backoffAt = now + backoffMs(entry.attempts, { baseMs: 1_000, maxMs: longestBackoffMs })
  const { steps: left, nextAt } = planConference(conference, now, times, done)
  const moments = [
    ...(isTroubled ? [backoffAt] : []),
    ...(nextAt === undefined ? [] : [nextAt]),
    // What was tried in this turn and is still to be done.
    ...(left.length > 0 ? [now] : [])
  ]
  const verdict: Verdict =
    moments.length === 0
      ? { entry, outcome: 'done' }
      : { entry, outcome: 'retry', at: Math.min(...moments), countsAsAttempt: isTroubled }
  await queue.settle([verdict], tx)
  return undefined
}

const isTrouble = (result: Result): boolean =>
  result.kind === 'trouble' || (result.kind === 'placed' && result.outcome.kind === 'notTaken')

/** Opted out since the conference call was asked for: their legs are blocked. */
async function refuseOptedOut(
  database: Database,
  tx: Transaction,
  steps: readonly Step[],
  told: Set<CallRow>,
  now: number
): Promise<Set<Step>> {
  const calls = steps.flatMap(step =>
    step.do === 'invite' || step.do === 'call_moderator' ? [step] : []
  )
  const optedOut = await findOptedOut(
    database,
    tx.sql,
    calls.map(({ leg }) => ({
      sender: leg.provider_number,
      recipient: leg.participant_number,
      messagingServiceSid: null
    })),
    'calls'
  )
  const refused = new Set<Step>()
  for (const [place, step] of calls.entries()) {
    if (!optedOut.has(place)) continue
    if (endCall(step.leg, 'blocked', now)) told.add(step.leg)
    refused.add(step)
  }
  return refused
}

/** What is stored before the provider is asked, so that a crash leaves a trace. */
function claim(step: Step, now: number): void {
  if (step.do === 'call_moderator' || step.do === 'invite') {
    claimCall(step.leg, now)
  } else if (step.do === 'welcome') step.leg.welcomed_at = now
}

/** Asks the provider. Never rejects. */
async function perform(deps: DirectionDeps, conference: Conference, step: Step): Promise<Result> {
  const { row, moderator } = conference
  try {
    return await ask(deps, conference, step)
  } catch (error) {
    deps.log.warn(
      { err: error, conference_call: row.uuid, call: moderator.uuid, step: step.do },
      'the provider could not be asked about a conference call'
    )
    return { step, kind: 'trouble' }
  }
}

async function ask(deps: DirectionDeps, conference: Conference, step: Step): Promise<Result> {
  const { voice, metrics } = deps
  const { row } = conference
  const conferenceSid = row.conference_sid ?? ''
  const urls = callUrls(deps.config.PUBLIC_URL)
  switch (step.do) {
    case 'call_moderator': {
      const outcome = await callModerator(deps, conference)
      metrics.providerCalls.inc({ operation: 'place_call', outcome: outcome.kind })
      return { step, kind: 'placed', outcome }
    }
    case 'invite': {
      const outcome = await voice.invite({
        conferenceSid,
        to: step.leg.participant_number,
        from: step.leg.provider_number,
        label: step.leg.uuid,
        statusCallback: urls.status(step.leg.uuid),
        ringSeconds: deps.config.CALL_RING_SECONDS
      })
      metrics.providerCalls.inc({ operation: 'invite', outcome: outcome.kind })
      return { step, kind: 'placed', outcome }
    }
    case 'find_lost': {
      const found = await findLostCall(deps, step.leg)
      metrics.reconciliations.inc({ result: found ? 'found' : 'absent' })
      const outcome: SendOutcome = found
        ? { kind: 'taken', ...found }
        : { kind: 'notTaken', reason: 'the provider does not have it', retryAfterMs: 0 }
      return { step, kind: 'placed', outcome }
    }
    case 'welcome':
      await voice.announceTo(conferenceSid, step.leg.call_sid ?? '', urls.welcome(step.leg.uuid))
      return { step, kind: 'done' }
    case 'hang_up':
      return { step, kind: 'heard', report: await voice.endCall(step.leg.call_sid ?? '') }
    case 'ask_after':
      return { step, kind: 'heard', report: await voice.fetchCall(step.leg.call_sid ?? '') }
    case 'look_up': {
      const found = await voice.findConference(row.uuid)
      const calls = found && found.status !== 'completed' ? await voice.callsIn(found.sid) : []
      return { step, kind: 'looked_up', sid: found?.sid, status: found?.status ?? '', calls }
    }
    case 'seek_recording': {
      const recordings = await voice.findRecordings({ conferenceSid })
      return { step, kind: 'recordings', recordings }
    }
    case 'end_conference':
      break
  }
  await voice.endConference(conferenceSid)
  return { step, kind: 'done' }
}

function callModerator({ twilio, config }: DirectionDeps, { row, moderator }: Conference) {
  const urls = callUrls(config.PUBLIC_URL)
  return twilio.placeCall({
    to: moderator.participant_number,
    from: moderator.provider_number,
    url: urls.moderator(row.uuid, moderator.uuid),
    statusCallback: urls.status(moderator.uuid),
    // On this leg alone: a machine as participant would keep everybody on hold while it is found out.
    machineDetection: 'Enable',
    ringSeconds: config.CALL_RING_SECONDS,
    longestSeconds: longestConferenceSeconds
  })
}

/** Applies what came of a step to the conference in hand. */
async function takeIn(
  deps: DirectionDeps,
  tx: Transaction,
  conference: Conference,
  result: Result,
  told: Set<CallRow>,
  now: number
): Promise<void> {
  const { row, moderator, participants } = conference
  const { step } = result
  // The row in hand is fresh: callbacks may have changed it while the provider was asked.
  const leg =
    'leg' in step ? [moderator, ...participants].find(({ id }) => id === step.leg.id) : undefined
  if (result.kind === 'placed' && leg) takeOutcome(leg, result.outcome, told, now)
  else if (result.kind === 'heard' && leg) {
    if (result.report && applyCallReport(leg, result.report, now).told) told.add(leg)
    // A call that the provider does not know is over, whatever became of it.
    else if (result.report === undefined && endCall(leg, 'failed', now, unknownCall)) told.add(leg)
    leg.heard_at = now
  } else if (result.kind === 'looked_up') {
    moderator.heard_at = now
    if (result.sid === undefined) return
    row.conference_sid ??= result.sid
    if (row.conference_sid === result.sid) row.provider_status = result.status
    for (const each of [moderator, ...participants])
      if (each.call_sid !== null && result.calls.includes(each.call_sid)) each.joined_at ??= now
  } else if (result.kind === 'recordings') {
    moderator.recording_sought++
    await noteRecordings(
      deps,
      tx,
      { bearerId: row.bearer_id, callId: moderator.id },
      result.recordings,
      now
    )
  } else if (result.kind === 'done' && step.do === 'end_conference')
    row.provider_status = 'completed'
  else if (result.kind === 'trouble' && step.do === 'welcome' && leg) leg.welcomed_at = null
}

const unknownCall = { code: '20404', description: 'The provider does not know the call any more.' }

function takeOutcome(leg: CallRow, outcome: SendOutcome, told: Set<CallRow>, now: number): void {
  switch (outcome.kind) {
    case 'taken':
      if (applyCallReport(leg, outcome, now).told) told.add(leg)
      break
    case 'refused':
      if (leg.call_sid === null && endCall(leg, 'failed', now, outcome)) told.add(leg)
      break
    case 'notTaken':
      if (leg.call_sid !== null) break
      leg.provider_call_at = null
      if (now >= leg.created_at + patienceMs) {
        const error = { code: 'provider_unavailable', description: outcome.reason }
        if (endCall(leg, 'failed', now, error)) told.add(leg)
      }
      break
    case 'unknown':
      break
  }
}
