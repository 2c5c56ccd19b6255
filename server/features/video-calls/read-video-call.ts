import { sql } from 'kysely'
import { isoTime } from '../../platform/clock.ts'
import type { Database, Executor } from '../../platform/database.ts'
import { hourMs, type Storage } from '../../platform/storage.ts'
import type { SessionClaims } from '../../providers/zoom/session-token.ts'
import { isOver, type VideoCallStatus } from './lifecycle.ts'
import type { VideoCall } from './schemas.ts'

export interface VideoCallRow {
  id: number
  uuid: string
  bearer_id: number
  session_key: string
  session_name: string
  host_username: string
  maximum_call_length: number
  recording: boolean | number
  internal_status: VideoCallStatus
  provider_id: string | null
  provider_status: string | null
  start_time: number | null
  end_time: number | null
  joinable_until: number
  created_at: number
  updated_at: number
  callback_url: string | null
  conversation_callback_url: string | null
  client_conversation_id: string | null
  global_id: string | null
  internal_conversation_id: string | null
}

export interface SessionRow {
  video_call_id: number
  session_id: string
  started_at: number | null
  ended_at: number | null
  end_asked_at: number | null
  recording_asked_at: number | null
  recorded_at: number | null
  reviews: number
}

export interface VisitRow {
  id: number
  video_call_id: number
  session_id: string
  user_id: string
  user_key: string | null
  participant_uuid: string | null
  joined_at: number | null
  left_at: number | null
  leave_reason: string | null
  told: string | null
}

export interface RecordingRow {
  id: number
  video_call_id: number
  session_id: string
  file_key: string
  file_type: string
  recording_type: string | null
  recording_start: number | null
  recording_end: number | null
  user_key: string | null
  download_url: string
  internal_status: 'pending' | 'stored' | 'lost'
  storage_key: string
  stored_size: number | null
  removed_at: number | null
  created_at: number
}

export interface ParticipantRow {
  id: number
  video_call_id: number
  user_key: string
  username: string
  is_host: boolean | number
  token_issued_at: number
  token_expires_at: number
  created_at: number
  updated_at: number
}

/** A call with everything that is known of it. */
export interface KnownVideoCall {
  call: VideoCallRow
  participants: ParticipantRow[]
  sessions: SessionRow[]
  visits: VisitRow[]
  recordings: RecordingRow[]
}

/**
 * Calls by one of their columns, with all that is known of them; in a transaction they are locked, in the order
 * of their ids, so that two workers never wait for each other.
 */
export async function findVideoCalls(
  database: Database,
  executor: Executor,
  column: 'id' | 'uuid' | 'session_key',
  values: readonly (string | number)[]
): Promise<KnownVideoCall[]> {
  if (values.length === 0) return []
  const type = column === 'id' ? 'bigint' : column === 'uuid' ? 'uuid' : 'text'
  const wanted = database.rows(
    [...new Set(values)].map(value => ({ value })),
    { value: type }
  )
  const { rows: calls } = await sql<VideoCallRow>`
    select v.*, c.client_conversation_id, c.global_id, c.internal_conversation_id,
      c.callback_url as conversation_callback_url
    from video_calls v left join conversations c on c.id = v.conversation_id
    where ${sql.ref(`v.${column}`)} in (select r.value from ${wanted})
    order by v.id ${executor.isTransaction ? database.locking('for update of v') : sql``}`.execute(
    executor
  )
  const ids = calls.map(({ id }) => ({ id }))
  const [participants, sessions, visits, recordings] = [
    await partsOf<ParticipantRow>(database, executor, 'video_call_participants', ids),
    await partsOf<SessionRow>(database, executor, 'video_call_sessions', ids),
    await partsOf<VisitRow>(database, executor, 'video_call_visits', ids),
    await partsOf<RecordingRow>(database, executor, 'video_call_recordings', ids)
  ]
  const of = <Row extends { video_call_id: number }>(rows: Row[], id: number): Row[] =>
    rows.filter(row => row.video_call_id === id)
  return calls.map(call => ({
    call,
    participants: of(participants, call.id),
    sessions: of(sessions, call.id),
    visits: of(visits, call.id),
    recordings: of(recordings, call.id)
  }))
}

async function partsOf<Row>(
  database: Database,
  executor: Executor,
  table: string,
  ids: readonly { id: number }[]
): Promise<Row[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Row>`
    select * from ${sql.table(table)}
    where video_call_id in (select r.id from ${database.rows(ids, { id: 'bigint' })}) order by id`.execute(
    executor
  )
  return rows
}

/** When the maximum length is reached; undefined before the start. */
export const endAtOf = (
  call: Pick<VideoCallRow, 'maximum_call_length'>,
  startTime: number | null
): number | undefined =>
  startTime === null ? undefined : startTime + call.maximum_call_length * 60_000

/** The claims of a participant's token. */
const claimsOf = (
  call: Pick<VideoCallRow, 'session_name' | 'session_key'>,
  participant: Pick<ParticipantRow, 'user_key' | 'is_host' | 'token_issued_at' | 'token_expires_at'>
): SessionClaims => ({
  sessionName: call.session_name,
  sessionKey: call.session_key,
  userKey: participant.user_key,
  isHost: Boolean(participant.is_host),
  issuedAt: participant.token_issued_at,
  expiresAt: participant.token_expires_at
})

const linkLifetimeMs = 24 * hourMs

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms))

/**
 * The call as clients see it.
 *
 * @param signToken absent for events, which travel and are kept: they carry no tokens
 */
export async function presentVideoCall(
  known: KnownVideoCall,
  storage: Storage,
  now: number,
  signToken?: (claims: SessionClaims) => string
): Promise<VideoCall> {
  const { call, participants, recordings } = known
  const tokenOf = (participant: ParticipantRow | undefined): string | null =>
    participant &&
    signToken &&
    !isOver(call.internal_status) &&
    participant.token_expires_at * 1_000 > now
      ? signToken(claimsOf(call, participant))
      : null
  return {
    id: call.id,
    bearer_id: call.bearer_id,
    client_conversation_id: call.client_conversation_id,
    created_at: isoTime(call.created_at),
    end_time: timeOrNull(call.end_time),
    global_id: call.global_id,
    host_token: tokenOf(participants.find(({ is_host }) => Boolean(is_host))),
    host_username: call.host_username,
    internal_conversation_id: call.internal_conversation_id,
    internal_status: call.internal_status,
    maximum_call_length: call.maximum_call_length,
    provider_id: call.provider_id,
    provider_status: call.provider_status,
    recording: Boolean(call.recording),
    session_name: call.session_name,
    shunkan_ido_session_key: call.session_key,
    start_time: timeOrNull(call.start_time),
    end_at: timeOrNull(endAtOf(call, call.start_time) ?? null),
    updated_at: isoTime(call.updated_at),
    video_call_participants: participants.map(participant => ({
      id: participant.id,
      bearer_id: call.bearer_id,
      created_at: isoTime(participant.created_at),
      is_host: Boolean(participant.is_host),
      session_name: call.session_name,
      shunkan_ido_session_key: call.session_key,
      shunkan_ido_user_key: participant.user_key,
      token_signature: tokenOf(participant),
      updated_at: isoTime(participant.updated_at),
      username: participant.username,
      video_call_id: call.id,
      ...presenceOf(known, participant.user_key)
    })),
    video_call_recordings: await Promise.all(
      recordings.map(async recording => ({
        id: recording.id,
        provider_id: recording.file_key,
        file_type: recording.file_type,
        recording_type: recording.recording_type,
        recording_start: timeOrNull(recording.recording_start),
        recording_end: timeOrNull(recording.recording_end),
        user_key: recording.user_key,
        internal_status: recording.internal_status,
        file_size: recording.stored_size,
        recording_url:
          recording.internal_status === 'stored'
            ? await storage.linkTo(recording.storage_key, { lifetimeMs: linkLifetimeMs })
            : null,
        created_at: isoTime(recording.created_at)
      }))
    )
  }
}

/** When somebody came first and left last; whoever is there in one session or another has not left. */
function presenceOf(
  { sessions, visits }: KnownVideoCall,
  userKey: string
): { provider_id: string | null; joined_at: string | null; left_at: string | null } {
  const endOf = new Map(sessions.map(({ session_id, ended_at }) => [session_id, ended_at]))
  const theirs = visits
    .filter(({ user_key }) => user_key === userKey)
    .map(visit => ({ ...visit, left_at: visit.left_at ?? endOf.get(visit.session_id) ?? null }))
  const joins = theirs.flatMap(({ joined_at, left_at }) => joined_at ?? left_at ?? [])
  const latest = theirs.toSorted(byTimeOfJoining).at(-1)
  const isThere = theirs.some(({ left_at }) => left_at === null)
  return {
    provider_id: latest ? (latest.participant_uuid ?? latest.user_id) : null,
    joined_at: joins.length === 0 ? null : isoTime(Math.min(...joins)),
    left_at:
      theirs.length === 0 || isThere
        ? null
        : isoTime(Math.max(...theirs.flatMap(({ left_at }) => left_at ?? [])))
  }
}

/** Their ids tell nothing of time, but make the order one and the same whatever arrived first. */
const byTimeOfJoining = (a: VisitRow, b: VisitRow): number =>
  (a.joined_at ?? a.left_at ?? 0) - (b.joined_at ?? b.left_at ?? 0) ||
  (a.user_id < b.user_id ? -1 : 1)
