import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import type { Queue } from '../../platform/queue.ts'
import type { Storage } from '../../platform/storage.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { type Conference, findConferences } from '../conference-calls/conference-row.ts'
import { keepConference } from '../conference-calls/keep-conference.ts'
import { publishConferences } from '../conference-calls/lanes.ts'
import { callFields, type CallRow, fromCalls } from './call-row.ts'
import { callNews } from './call-news.ts'
import { publishCallChecks } from './lanes.ts'
import { saveCalls } from './save-calls.ts'

export interface CallDeps {
  database: Database
  queue: Queue
  clock: Clock
  storage: Storage
}

/** How callbacks name the calls that they are about. */
export interface CallNames {
  uuids: readonly string[]
  /** Of calls, or of legs that were dialled from them. */
  sids: readonly string[]
  /** Of conferences as a whole. */
  conferenceUuids?: readonly string[]
  /** Of their recordings. */
  recordingSids?: readonly string[]
}

/** Calls in hand, locked, and the conferences of those that are legs. */
export interface OpenCalls {
  byUuid: ReadonlyMap<string, CallRow>
  bySid: ReadonlyMap<string, CallRow>
  byDialledSid: ReadonlyMap<string, CallRow>
  conferences: readonly Conference[]
  /** Changed, to be stored. */
  changed: Set<CallRow>
  /** Of those, the ones whose clients hear of it. */
  told: Set<CallRow>
  /** To be asked after as soon as can be. */
  doubtful: Set<CallRow>
}

/**
 * Finds calls and locks them in one order everywhere: conferences, their legs, direct calls. Whoever needs one of their
 * recordings locks it after them.
 */
export async function openCalls(
  { database }: Pick<CallDeps, 'database'>,
  tx: Transaction,
  { uuids, sids, conferenceUuids = [], recordingSids = [] }: CallNames
): Promise<OpenCalls> {
  const named = [...new Set(uuids)].map(uuid => ({ uuid }))
  const known = [...new Set(sids)].filter(sid => sid !== '').map(sid => ({ sid }))
  const recorded = [...new Set(recordingSids)].filter(sid => sid !== '').map(sid => ({ sid }))
  const { rows: found } = await sql<{ id: number; conference_call_id: number | null }>`
    select id, conference_call_id from calls where uuid in (select r.uuid from ${database.rows(named, { uuid: 'uuid' })})
    union select id, conference_call_id from calls where call_sid in (select r.sid from ${database.rows(known, { sid: 'text' })})
    union select id, conference_call_id from calls where dialled_sid in (select r.sid from ${database.rows(known, { sid: 'text' })})
    union select k.id, k.conference_call_id from recordings g join calls k on k.id = g.call_id
      where g.recording_sid in (select r.sid from ${database.rows(recorded, { sid: 'text' })})`.execute(
    tx.sql
  )
  const conferenceIds = [...new Set(found.flatMap(row => row.conference_call_id ?? []))]
  const conferences =
    conferenceIds.length + conferenceUuids.length === 0
      ? []
      : await findConferences(
          database,
          tx.sql,
          sql`(f.id in (select r.id from ${database.rows(
            conferenceIds.map(id => ({ id })),
            { id: 'bigint' }
          )}) or f.uuid in (select r.uuid from ${database.rows(
            [...new Set(conferenceUuids)].map(uuid => ({ uuid })),
            { uuid: 'uuid' }
          )}))`,
          { lock: true }
        )
  const direct = await findCalls(
    database,
    tx,
    found.filter(row => row.conference_call_id === null)
  )
  const legs = conferences.flatMap(({ moderator, participants }) => [moderator, ...participants])
  const rows = [...legs, ...direct]
  return {
    byUuid: new Map(rows.map(row => [row.uuid, row])),
    bySid: new Map(rows.flatMap(row => (row.call_sid === null ? [] : [[row.call_sid, row]]))),
    byDialledSid: new Map(
      rows.flatMap(row => (row.dialled_sid === null ? [] : [[row.dialled_sid, row]]))
    ),
    conferences,
    changed: new Set(),
    told: new Set(),
    doubtful: new Set()
  }
}

async function findCalls(
  database: Database,
  tx: Transaction,
  ids: readonly { id: number }[]
): Promise<CallRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<CallRow>`
    select ${callFields} ${fromCalls}
    where k.id in (select r.id from ${database.rows(
      ids.map(({ id }) => ({ id })),
      { id: 'bigint' }
    )}) order by k.id ${database.locking('for update of k')}`.execute(tx.sql)
  return rows
}

/** Stores what has changed, with the events and the work that follow from it. */
export async function keepCalls(
  deps: CallDeps,
  tx: Transaction,
  { conferences, changed, told, doubtful }: OpenCalls
): Promise<void> {
  const { database, queue, storage } = deps
  const now = deps.clock.now()
  const touched = conferences.filter(({ moderator, participants }) =>
    [moderator, ...participants].some(leg => changed.has(leg))
  )
  for (const conference of touched) await keepConference(deps, tx, conference, told, now)
  await publishConferences(
    queue,
    tx,
    touched.map(({ row }) => ({ ...row, dueAt: now }))
  )

  const direct = [...changed].filter(row => row.conference_call_id === null)
  await saveCalls(database, tx, direct)
  const news = []
  for (const row of direct)
    if (told.has(row)) news.push(...(await callNews(storage, row, row.internal_status)))
  await emitEvents(deps, tx, news, now)
  await publishCallChecks(
    queue,
    tx,
    direct
      .filter(row => doubtful.has(row))
      .map(row => ({ bearerId: row.bearer_id, id: row.uuid, dueAt: now }))
  )
}
