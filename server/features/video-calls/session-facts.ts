import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import type { Queue } from '../../platform/queue.ts'
import { sha256 } from '../../platform/secrets.ts'
import { isKey } from '../../platform/storage.ts'
import { videoCallsLane, videoRecordingsLane } from './lanes.ts'
import type { FileFact, SessionFact } from './zoom-event.ts'

interface CallOfSession {
  id: number
  uuid: string
  bearer_id: number
  session_key: string
  topic: string
}

/**
 * Adds what was heard of sessions to what is known, and has the calls looked at. What is known is a set of facts:
 * whatever the order in which they come, and however often, it ends the same. Says for each whether it was one
 * of our calls' sessions.
 */
export async function recordFacts(
  deps: { database: Database; queue: Queue },
  tx: Transaction,
  facts: readonly SessionFact[],
  now: number
): Promise<boolean[]> {
  const { database, queue } = deps
  const calls = await findCallsOf(database, tx, facts)
  const ours = facts.flatMap((fact, place) => {
    const call = calls[place]
    return call ? [{ fact, call }] : []
  })
  if (ours.length === 0) return calls.map(() => false)

  await storeSessions(database, tx, ours)
  await storeVisits(database, tx, ours)
  const files = await storeFiles(database, tx, ours, now)
  await queue.publish(
    [
      ...ours.map(({ call }) => ({
        lane: videoCallsLane,
        fairnessKey: call.bearer_id,
        orderKey: call.uuid,
        payload: call.uuid
      })),
      ...files.map(({ id, bearerId }) => ({
        lane: videoRecordingsLane,
        fairnessKey: bearerId,
        orderKey: String(id),
        payload: String(id)
      }))
    ],
    tx
  )
  return calls.map(call => call !== undefined)
}

interface OurFact {
  fact: SessionFact
  call: CallOfSession
}

/** By the session where it is known, or else by key and name, which the tokens of one call alone carry. */
async function findCallsOf(
  database: Database,
  tx: Transaction,
  facts: readonly SessionFact[]
): Promise<(CallOfSession | undefined)[]> {
  const lists = {
    ids: facts.map(({ sessionId }) => ({ value: sessionId })),
    keys: facts.flatMap(({ sessionKey }) => (sessionKey === null ? [] : [{ value: sessionKey }])),
    topics: facts.flatMap(({ sessionKey, topic }) =>
      sessionKey === null && topic !== null ? [{ value: topic }] : []
    )
  }
  const values = (list: readonly { value: string }[]) =>
    sql`(select r.value from ${database.rows(list, { value: 'text' })})`
  const { rows } = await sql<CallOfSession>`
    select id, uuid, bearer_id, session_key, topic from video_calls
    where id in (
      select video_call_id from video_call_sessions where session_id in ${values(lists.ids)}
      union select id from video_calls where session_key in ${values(lists.keys)}
      union select max(id) from video_calls where topic in ${values(lists.topics)} group by topic
    ) order by id ${database.locking('for update')}`.execute(tx.sql)
  const { rows: sessions } = await sql<{ session_id: string; video_call_id: number }>`
    select session_id, video_call_id from video_call_sessions
    where session_id in ${values(lists.ids)}`.execute(tx.sql)

  const byId = new Map(rows.map(call => [call.id, call]))
  const bySession = new Map(sessions.map(row => [row.session_id, byId.get(row.video_call_id)]))
  const byKey = new Map(rows.map(call => [call.session_key, call]))
  // The latest call of a name comes last and stays.
  const byTopic = new Map(rows.map(call => [call.topic, call]))
  return facts.map(({ sessionId, sessionKey, topic }) => {
    const known = bySession.get(sessionId)
    if (known) return known
    if (sessionKey === null) return topic === null ? undefined : byTopic.get(topic)
    const named = byKey.get(sessionKey)
    return topic === null || named?.topic === topic ? named : undefined
  })
}

/** The earlier, or the later, of what is known and what was heard; either may be nothing. */
const kept = (table: string, column: string, comparison: '<' | '>') => {
  const known = sql.ref(`${table}.${column}`)
  const heard = sql.ref(`excluded.${column}`)
  return sql`${sql.ref(column)} = case when ${known} is null then ${heard}
    when ${heard} ${sql.raw(comparison)} ${known} then ${heard} else ${known} end`
}
const first = (table: string, column: string) =>
  sql`${sql.ref(column)} = coalesce(${sql.ref(`${table}.${column}`)}, ${sql.ref(`excluded.${column}`)})`

const earliest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
const latest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b)

/** One statement may not touch a row twice, so what is heard twice in a batch is joined before. */
function joined<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  join: (a: Item, b: Item) => Item
): Item[] {
  const byKey = new Map<string, Item>()
  for (const item of items) {
    const known = byKey.get(keyOf(item))
    byKey.set(keyOf(item), known === undefined ? item : join(known, item))
  }
  return [...byKey.values()]
}

async function storeSessions(
  database: Database,
  tx: Transaction,
  ours: readonly OurFact[]
): Promise<void> {
  const rows = joined(
    ours.map(({ fact, call }) => ({
      video_call_id: call.id,
      session_id: fact.sessionId,
      started_at: fact.startedAt,
      ended_at: fact.endedAt,
      recorded_at: fact.recordedAt,
      reviews: 0
    })),
    row => row.session_id,
    (a, b) => ({
      ...a,
      started_at: earliest(a.started_at, b.started_at),
      ended_at: latest(a.ended_at, b.ended_at),
      recorded_at: earliest(a.recorded_at, b.recorded_at)
    })
  )
  const table = 'video_call_sessions'
  await database.insert(
    tx.sql,
    table,
    {
      video_call_id: 'bigint',
      session_id: 'text',
      started_at: 'bigint',
      ended_at: 'bigint',
      recorded_at: 'bigint',
      reviews: 'integer'
    },
    rows,
    sql`on conflict (session_id) do update set ${sql.join([
      kept(table, 'started_at', '<'),
      kept(table, 'ended_at', '>'),
      kept(table, 'recorded_at', '<')
    ])}`
  )
}

async function storeVisits(
  database: Database,
  tx: Transaction,
  ours: readonly OurFact[]
): Promise<void> {
  const rows = joined(
    ours.flatMap(({ fact, call }) =>
      fact.visits.map(visit => ({
        video_call_id: call.id,
        session_id: fact.sessionId,
        user_id: visit.userId,
        user_key: visit.userKey,
        name: visit.name,
        participant_uuid: visit.participantUuid,
        joined_at: visit.joinedAt,
        left_at: visit.leftAt,
        leave_reason: visit.leaveReason
      }))
    ),
    row => JSON.stringify([row.session_id, row.user_id]),
    (a, b) => ({
      ...a,
      user_key: a.user_key ?? b.user_key,
      participant_uuid: a.participant_uuid ?? b.participant_uuid,
      joined_at: earliest(a.joined_at, b.joined_at),
      left_at: latest(a.left_at, b.left_at),
      leave_reason: a.leave_reason ?? b.leave_reason
    })
  )
  const table = 'video_call_visits'
  await database.insert(
    tx.sql,
    table,
    {
      video_call_id: 'bigint',
      session_id: 'text',
      user_id: 'text',
      user_key: 'text',
      name: 'text',
      participant_uuid: 'text',
      joined_at: 'bigint',
      left_at: 'bigint',
      leave_reason: 'text'
    },
    rows,
    sql`on conflict (session_id, user_id) do update set ${sql.join([
      first(table, 'user_key'),
      first(table, 'participant_uuid'),
      kept(table, 'joined_at', '<'),
      kept(table, 'left_at', '>'),
      first(table, 'leave_reason')
    ])}`
  )
}

/** Files that were not known before; a file that is told of again is the same file. */
async function storeFiles(
  database: Database,
  tx: Transaction,
  ours: readonly OurFact[],
  now: number
): Promise<{ id: number; bearerId: number }[]> {
  const bearerOf = new Map(ours.map(({ call }) => [call.id, call.bearer_id]))
  const rows = joined(
    ours.flatMap(({ fact, call }) =>
      fact.files.map(file => ({
        video_call_id: call.id,
        session_id: fact.sessionId,
        file_key: file.fileKey,
        file_type: file.fileType,
        recording_type: file.recordingType,
        recording_start: file.recordingStart,
        recording_end: file.recordingEnd,
        user_key: file.userKey,
        download_url: file.downloadUrl,
        internal_status: 'pending',
        storage_key: storageKeyOf(call.uuid, file),
        created_at: now,
        updated_at: now
      }))
    ),
    row => JSON.stringify([row.session_id, row.file_key]),
    known => known
  )
  const inserted = await database.insert<{ id: number; video_call_id: number }>(
    tx.sql,
    'video_call_recordings',
    {
      video_call_id: 'bigint',
      session_id: 'text',
      file_key: 'text',
      file_type: 'text',
      recording_type: 'text',
      recording_start: 'bigint',
      recording_end: 'bigint',
      user_key: 'text',
      download_url: 'text',
      internal_status: 'text',
      storage_key: 'text',
      created_at: 'bigint',
      updated_at: 'bigint'
    },
    rows,
    sql`on conflict (session_id, file_key) do nothing returning id, video_call_id`
  )
  return inserted.map(row => ({ id: row.id, bearerId: bearerOf.get(row.video_call_id) ?? 0 }))
}

/** The same file is always kept in the same place, so that storing it twice stores it once. */
function storageKeyOf(uuid: string, { fileKey, extension }: FileFact): string {
  const name = isKey(fileKey) && !fileKey.includes('/') ? fileKey : sha256(fileKey).slice(0, 40)
  const ending = /^[a-z0-9]{1,8}$/.test(extension) ? extension : 'bin'
  return `video/${uuid}/${name.slice(0, 120)}.${ending}`
}
