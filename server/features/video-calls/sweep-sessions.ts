import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { isoTime, type Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { parseInstant } from '../../platform/instant.ts'
import type { BatchHandler, Queue } from '../../platform/queue.ts'
import { storable } from '../../platform/storable.ts'
import type { ListedSession, ZoomGateway } from '../../providers/zoom/gateway.ts'
import { videoSweepLane } from './lanes.ts'
import { recordFacts } from './session-facts.ts'
import { noFact, type SessionFact } from './zoom-event.ts'

export interface SweepDeps {
  config: Pick<Config, 'VIDEO_CHECK_AFTER_MS'>
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  zoom: ZoomGateway
}

/** Nobody can come to a call later than this, so what was held before has been heard of. */
const lookBackMs = 2 * 86_400_000

/**
 * Compares our open calls with the provider's own lists: its events are attempted four times and then dropped, and
 * while we are away for longer all of them are lost. Two requests for all calls together, for lists are what it
 * allows least of: https://developers.zoom.us/docs/api/rate-limits/
 */
export function createSessionSweep(deps: SweepDeps): BatchHandler {
  const { clock, config, database, log, queue } = deps
  return async entries => {
    try {
      await sweep(deps)
    } catch (error) {
      log.warn(
        { err: error },
        'the provider could not be asked for its sessions; it is asked later'
      )
    }
    const at = clock.now() + config.VIDEO_CHECK_AFTER_MS
    await database.transaction(tx =>
      queue.settle(
        entries.map(entry => ({ entry, outcome: 'retry', at, countsAsAttempt: false })),
        tx
      )
    )
  }
}

/** Sees to it that the lane has its entry. */
export async function publishSessionSweep({
  config,
  database,
  queue,
  clock
}: SweepDeps): Promise<void> {
  const dueAt = clock.now() + config.VIDEO_CHECK_AFTER_MS
  await database.transaction(tx =>
    queue.publish(
      [{ lane: videoSweepLane, fairnessKey: 0, orderKey: 'all', payload: 'all', dueAt }],
      tx
    )
  )
}

async function sweep(deps: SweepDeps): Promise<void> {
  const { clock, database, zoom } = deps
  const unheard = await openSessions(database)
  if (unheard.size === 0 && !(await hasOpenCalls(database))) return
  const now = clock.now()
  const [from, to] = [now - lookBackMs, now].map(ms => isoTime(ms).slice(0, 10))
  for (const type of ['live', 'past'] as const) {
    for await (const page of zoom.listSessions(type, from ?? '', to ?? '')) {
      for (const { id } of page) unheard.delete(id)
      await learn(deps, page)
    }
  }
  // What is in neither list is older than the lists.
  for (const id of unheard) {
    const found = await zoom.findSession(id)
    if (found.kind === 'past') await learn(deps, [found.session])
  }
}

/** Adds what we do not know yet; calls that are known to be over are left alone. */
async function learn(deps: SweepDeps, page: readonly ListedSession[]): Promise<void> {
  const { clock, database } = deps
  const listed = page.map(factOf)
  if (listed.length === 0) return
  const { rows } = await sql<{
    session_id: string
    started_at: number | null
    ended_at: number | null
  }>`
    select session_id, started_at, ended_at from video_call_sessions
    where session_id in (select r.id from ${database.rows(
      listed.map(({ sessionId }) => ({ id: sessionId })),
      { id: 'text' }
    )})`.execute(database.sql)
  const known = new Map(rows.map(row => [row.session_id, row]))
  const news = listed.filter(({ sessionId, startedAt, endedAt }) => {
    const row = known.get(sessionId)
    return (
      row === undefined ||
      (row.started_at === null && startedAt !== null) ||
      (row.ended_at === null && endedAt !== null)
    )
  })
  if (news.length > 0) await database.transaction(tx => recordFacts(deps, tx, news, clock.now()))
}

const factOf = ({ id, key, name, startTime, endTime }: ListedSession): SessionFact => ({
  ...noFact(storable(id)),
  sessionKey: key === undefined ? null : storable(key),
  topic: name === undefined ? null : storable(name).toLowerCase(),
  startedAt: startTime === undefined ? null : (parseInstant(startTime) ?? null),
  endedAt: endTime === undefined ? null : (parseInstant(endTime) ?? null)
})

async function openSessions({ sql: executor }: Database): Promise<Set<string>> {
  const { rows } = await sql<{ session_id: string }>`
    select session_id from video_call_sessions where ended_at is null`.execute(executor)
  return new Set(rows.map(({ session_id }) => session_id))
}

async function hasOpenCalls({ sql: executor }: Database): Promise<boolean> {
  const { rows } = await sql`
    select id from video_calls where internal_status in ('created', 'started') limit 1`.execute(
    executor
  )
  return rows.length > 0
}
