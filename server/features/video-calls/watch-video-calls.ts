import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { allSettled } from '../../platform/all-settled.ts'
import { backoffMs } from '../../platform/backoff.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { parseInstant } from '../../platform/instant.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { BatchHandler, Entry, Queue } from '../../platform/queue.ts'
import { storable } from '../../platform/storable.ts'
import type { Storage } from '../../platform/storage.ts'
import { ZoomRequestError } from '../../providers/zoom/client.ts'
import type { ListedUser, ZoomGateway } from '../../providers/zoom/gateway.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { videoCallsLane } from './lanes.ts'
import type { VideoCallStatus } from './lifecycle.ts'
import { findVideoCalls, type KnownVideoCall, type VisitRow } from './read-video-call.ts'
import { recordFacts } from './session-facts.ts'
import { type Standing, standingOf, type Waits } from './standing.ts'
import { type Occurrence, videoCallNews } from './video-call-news.ts'
import { noFact, readFiles, type SessionFact, type VisitFact } from './zoom-event.ts'

export interface WatchDeps {
  config: Pick<Config, 'VIDEO_REJOIN_SECONDS' | 'VIDEO_CHECK_AFTER_MS'>
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  metrics: Metrics
  storage: Storage
  zoom: ZoomGateway
}

/** What became of what was asked of the provider. */
interface Done {
  /** Sessions that it has ended for us, or that were over. */
  ended: string[]
  recording: string[]
  reviewed: string[]
  /** Sessions that go on although they were to end. */
  stillLive: string[]
  facts: SessionFact[]
  /** The first failure; what was done before it stays done. */
  failure: unknown
}

/**
 * Looks after calls, each alone and one step after another: ends what has reached its maximum length, starts
 * recordings, asks after what was not heard, and tells the client of every change. When nothing happens it looks
 * again at the next time that matters, which is kept in the lane: a restart forgets nothing.
 */
export function createVideoCallWatch(deps: WatchDeps): BatchHandler {
  const waits: Waits = {
    rejoinMs: deps.config.VIDEO_REJOIN_SECONDS * 1_000,
    checkAfterMs: deps.config.VIDEO_CHECK_AFTER_MS
  }
  return entries => allSettled(entries.map(entry => watch(deps, waits, entry)))
}

async function watch(deps: WatchDeps, waits: Waits, entry: Entry): Promise<void> {
  const { clock, database, queue } = deps
  const [before] = await findVideoCalls(database, database.sql, 'uuid', [entry.payload])
  if (!before) return finish(deps, entry)

  const done = await act(deps, standingOf(before, clock.now(), waits), before)

  await database.transaction(async tx => {
    const now = clock.now()
    await lock(database, tx, entry.payload)
    await remember(database, tx, done, now)
    await recordFacts({ database, queue }, tx, done.facts, now)
    const [known] = await findVideoCalls(database, tx.sql, 'uuid', [entry.payload])
    if (!known) throw new Error(`The video call ${entry.payload} is gone`)
    const standing = standingOf(known, now, waits)
    await move(deps, tx, known, standing, now)
    if (done.failure === undefined) {
      await queue.settle([{ entry, outcome: 'done' }], tx)
      await lookAgain(queue, tx, known, standing, now)
    } else {
      const again = now + retryMs(done.failure, entry.attempts)
      const at = Math.min(again, standing.nextLookAt ?? again)
      await queue.settle([{ entry, outcome: 'retry', at, countsAsAttempt: true }], tx)
    }
  })
  if (done.failure !== undefined)
    deps.log.warn(
      { err: done.failure, video_call: entry.payload, attempts: entry.attempts },
      'the provider did not do what a video call needs; it is asked again'
    )
}

/** First of all, as whoever stores what was heard of the call does. */
async function lock(database: Database, tx: Transaction, uuid: string): Promise<void> {
  await sql`select id from video_calls where uuid = ${uuid} ${database.locking('for update')}`.execute(
    tx.sql
  )
}

/** An entry published while this one was in work is kept; a new one must not come before it is gone. */
async function lookAgain(
  queue: Queue,
  tx: Transaction,
  { call }: KnownVideoCall,
  { nextLookAt, toEnd, toFind, toReview }: Standing,
  now: number
): Promise<void> {
  const isDue = [toEnd, toFind, toReview].some(list => list.length > 0)
  const dueAt = isDue ? now : nextLookAt
  if (dueAt === undefined) return
  await queue.publish(
    [
      {
        lane: videoCallsLane,
        fairnessKey: call.bearer_id,
        orderKey: call.uuid,
        payload: call.uuid,
        dueAt
      }
    ],
    tx
  )
}

const finish = ({ database, queue }: WatchDeps, entry: Entry): Promise<void> =>
  database.transaction(tx => queue.settle([{ entry, outcome: 'done' }], tx))

/**
 * Longer and longer, and not before the time that the provider names: a call that should be over is never given up.
 * Many calls end at one moment; asking again at one moment, each would be refused before it had asked all it needs.
 */
function retryMs(failure: unknown, attempts: number): number {
  const wait = backoffMs(Math.min(attempts, 8), { baseMs: 1_000, maxMs: 60_000 })
  const named = failure instanceof ZoomRequestError ? (failure.retryAfterMs ?? 0) : 0
  return named + wait
}

/** Asks the provider for everything that the standing asks for; stops at the first failure. */
async function act(deps: WatchDeps, standing: Standing, known: KnownVideoCall): Promise<Done> {
  const { metrics, zoom } = deps
  const done: Done = {
    ended: [],
    recording: [],
    reviewed: [],
    stillLive: [],
    facts: [],
    failure: undefined
  }
  const counted = async (operation: string, work: () => Promise<unknown>): Promise<boolean> => {
    if (done.failure !== undefined) return false
    try {
      await work()
      metrics.providerCalls.inc({ operation, outcome: 'ok' })
      return true
    } catch (error) {
      metrics.providerCalls.inc({ operation, outcome: 'failed' })
      done.failure = error
      return false
    }
  }

  const find = async (id: string): Promise<void> => {
    const found = await zoom.findSession(id)
    if (found.kind === 'live') done.stillLive.push(id)
    else done.facts.push(endOf(known, id, found.kind === 'past' ? found.session : undefined))
  }
  for (const id of standing.toEnd)
    await counted('end_session', async () => {
      const outcome = await zoom.endSession(id)
      done.ended.push(id)
      // Nobody told us of its end, and nobody will.
      if (outcome === 'already_over') await find(id)
    })
  for (const id of standing.toFind) await counted('find_session', () => find(id))
  for (const id of standing.toRecord)
    await counted('start_recording', async () => {
      try {
        await zoom.startRecording(id)
        done.recording.push(id)
      } catch (error) {
        if (!isRefusal(error)) throw error
        // It may do when somebody else has joined; a call is not held up by a recording.
        deps.log.warn({ err: error, session: id }, 'the provider does not record a session')
      }
    })
  for (const id of standing.toReview)
    if (await counted('review_session', async () => void done.facts.push(await review(zoom, id))))
      done.reviewed.push(id)
  return done
}

const isRefusal = (error: unknown): boolean =>
  error instanceof ZoomRequestError &&
  error.status !== undefined &&
  error.status < 500 &&
  error.status !== 429

/** The end of a session of which no event told; when not even the provider knows, it is when we had it ended. */
function endOf(
  { sessions }: KnownVideoCall,
  id: string,
  found: { startTime: string | undefined; endTime: string | undefined } | undefined
): SessionFact {
  const ours = sessions.find(({ session_id }) => session_id === id)
  return {
    ...noFact(id),
    startedAt: instantOf(found?.startTime),
    endedAt: instantOf(found?.endTime) ?? ours?.end_asked_at ?? null
  }
}

/** Everybody who was in a session and everything that was recorded of it, as the provider has it. */
async function review(zoom: ZoomGateway, id: string): Promise<SessionFact> {
  const fact = noFact(id)
  const found = await zoom.findSession(id)
  if (found.kind !== 'past') return fact
  for await (const page of zoom.listUsers(id)) fact.visits.push(...page.map(visitOf))
  const files = await zoom.findRecordings(id)
  return {
    ...fact,
    startedAt: instantOf(found.session.startTime),
    endedAt: instantOf(found.session.endTime),
    recordedAt: found.session.hasRecording ? instantOf(found.session.startTime) : null,
    files: files === undefined ? [] : readFiles({ ...files, session_id: id })
  }
}

const visitOf = (user: ListedUser): VisitFact => ({
  userId: storable(user.id),
  userKey: user.key === undefined ? null : storable(user.key),
  name: storable(user.name),
  participantUuid: user.participantUuid === undefined ? null : storable(user.participantUuid),
  joinedAt: instantOf(user.joinTime),
  leftAt: instantOf(user.leaveTime),
  leaveReason: null
})

const instantOf = (time: string | undefined): number | null =>
  time === undefined ? null : (parseInstant(time) ?? null)

/** What was asked of the provider is not asked twice. */
async function remember(
  database: Database,
  tx: Transaction,
  done: Done,
  now: number
): Promise<void> {
  const change = (ids: readonly string[], assignment: ReturnType<typeof sql>) =>
    ids.length === 0
      ? Promise.resolve()
      : sql`update video_call_sessions set ${assignment}
          where session_id in (select r.id from ${database.rows(
            ids.map(id => ({ id })),
            { id: 'text' }
          )})`.execute(tx.sql)
  await change(done.ended, sql`end_asked_at = ${now}`)
  await change(done.stillLive, sql`end_asked_at = null`)
  await change(
    done.recording,
    sql`recording_asked_at = ${now}, recorded_at = coalesce(recorded_at, ${now})`
  )
  await change(done.reviewed, sql`reviews = reviews + 1`)
}

/** Brings the call to where it stands, and tells of what is new: one transaction, so that a crash keeps both or neither. */
async function move(
  deps: WatchDeps,
  tx: Transaction,
  known: KnownVideoCall,
  standing: Standing,
  now: number
): Promise<void> {
  const { database, queue, storage } = deps
  const { call } = known
  const occurrences: Occurrence[] = [
    ...statusChanges(call.internal_status, standing.status),
    ...(await tellVisits(database, tx, known))
  ]
  const next = {
    internal_status: standing.status,
    provider_id: standing.providerId,
    provider_status: standing.providerStatus,
    start_time: standing.startTime,
    end_time: standing.endTime
  }
  const isChanged = Object.entries(next).some(([name, value]) => Reflect.get(call, name) !== value)
  if (isChanged) {
    Object.assign(call, next, { updated_at: now })
    await sql`update video_calls set internal_status = ${next.internal_status}, provider_id = ${next.provider_id},
        provider_status = ${next.provider_status}, start_time = ${next.start_time}, end_time = ${next.end_time},
        updated_at = ${now} where id = ${call.id}`.execute(tx.sql)
  }
  await emitEvents(
    { database, queue },
    tx,
    await videoCallNews(storage, known, ordered(occurrences), now),
    now
  )
}

/** A call that was over before it was heard of has started all the same, but that is no longer news. */
function statusChanges(from: VideoCallStatus, to: VideoCallStatus): Occurrence[] {
  return from === to || to === 'created' ? [] : [{ change: to }]
}

/** Those who came are told of after the start and before the end. */
const ordered = (occurrences: readonly Occurrence[]): Occurrence[] => {
  const place = (change: Occurrence['change']): number =>
    change === 'started' ? 0 : change === 'ended' || change === 'expired' ? 2 : 1
  return occurrences.toSorted((a, b) => place(a.change) - place(b.change))
}

const toldRank = (told: string | null): number => (told === null ? 0 : told === 'joined' ? 1 : 2)

/** Who has come or gone since the client was told last. Somebody who came and went meanwhile has gone. */
async function tellVisits(
  database: Database,
  tx: Transaction,
  { visits, sessions }: KnownVideoCall
): Promise<Occurrence[]> {
  const endOf = new Map(sessions.map(({ session_id, ended_at }) => [session_id, ended_at]))
  const stageOf = (visit: VisitRow): 'joined' | 'left' =>
    (visit.left_at ?? endOf.get(visit.session_id) ?? null) === null ? 'joined' : 'left'
  const news = visits
    .map(visit => ({ visit, stage: stageOf(visit) }))
    .filter(({ visit, stage }) => toldRank(stage) > toldRank(visit.told))
  if (news.length > 0)
    await sql`update video_call_visits set told = r.told
      from ${database.rows(
        news.map(({ visit, stage }) => ({ id: visit.id, told: stage })),
        { id: 'bigint', told: 'text' }
      )} where video_call_visits.id = r.id`.execute(tx.sql)
  return news
    .toSorted((a, b) => timeOf(a.visit) - timeOf(b.visit))
    .map(({ visit, stage }) => ({
      change: stage === 'joined' ? 'participant_joined' : 'participant_left',
      of: String(visit.id)
    }))
}

const timeOf = ({ joined_at, left_at }: VisitRow): number => left_at ?? joined_at ?? 0
