import { type RawBuilder, sql } from 'kysely'
import type { Database, Executor } from '../../platform/database.ts'
import { isoTime } from '../../platform/clock.ts'
import type { Storage } from '../../platform/storage.ts'
import {
  callFields,
  type CallRow,
  fromCalls,
  linkToRecording,
  presentTranscription
} from '../calls/call-row.ts'
import type { ConferenceFacts, LegFacts } from './lifecycle.ts'
import type { ConferenceCall } from './schemas.ts'

/** A conference call as its table has it. */
export interface ConferenceRow {
  id: number
  uuid: string
  bearer_id: number
  conversation_id: number
  conference_sid: string | null
  twilio_number: string
  moderator_number: string
  participant_numbers: string
  welcome_message: string | null
  callback_url: string | null
  internal_status: string
  provider_status: string | null
  error_code: string | null
  error_description: string | null
  failed_at: number | null
  created_at: number
  updated_at: number
  client_conversation_id: string | null
  conversation_callback_url: string | null
  conversation_welcome_message: string | null
}

/** A conference call with its legs. */
export interface Conference {
  row: ConferenceRow
  moderator: CallRow
  participants: CallRow[]
}

export const conferenceColumns = {
  uuid: 'uuid',
  bearer_id: 'bigint',
  conversation_id: 'bigint',
  twilio_number: 'text',
  moderator_number: 'text',
  participant_numbers: 'text',
  welcome_message: 'text',
  callback_url: 'text',
  internal_status: 'text',
  created_at: 'bigint',
  updated_at: 'bigint'
} as const

/**
 * Conference calls with their legs, in the order of their ids; locked, where the dialect locks, in one order
 * everywhere: conferences before legs.
 *
 * @param which a condition on `f`, the conference calls
 */
export async function findConferences(
  database: Database,
  executor: Executor,
  which: RawBuilder<unknown>,
  { lock = false } = {}
): Promise<Conference[]> {
  const locking = (clause: string) => (lock ? database.locking(clause) : sql``)
  const { rows } = await sql<ConferenceRow>`
    select f.*, c.client_conversation_id, c.callback_url as conversation_callback_url,
      c.welcome_message as conversation_welcome_message
    from conference_calls f join conversations c on c.id = f.conversation_id
    where ${which} order by f.id ${locking('for update of f')}`.execute(executor)
  if (rows.length === 0) return []
  const { rows: legs } = await sql<CallRow>`
    select ${callFields} ${fromCalls}
    where k.conference_call_id in (select r.id from ${database.rows(
      rows.map(({ id }) => ({ id })),
      { id: 'bigint' }
    )}) order by k.id ${locking('for update of k')}`.execute(executor)
  const byConference = Map.groupBy(legs, leg => leg.conference_call_id)
  return rows.flatMap(row => {
    const theirs = byConference.get(row.id) ?? []
    const moderator = theirs.find(leg => leg.kind === 'moderator')
    const participants = theirs.filter(leg => leg !== moderator)
    return moderator ? [{ row, moderator, participants }] : []
  })
}

export const factsOf = ({ row, moderator, participants }: Conference): ConferenceFacts => ({
  moderator: legFacts(moderator),
  participants: participants.map(legFacts),
  conference:
    row.conference_sid === null ? 'absent' : row.provider_status === 'completed' ? 'over' : 'open'
})

const legFacts = (leg: CallRow): LegFacts => ({
  status: leg.internal_status,
  answeredBy: leg.answered_by,
  hasJoined: leg.joined_at !== null,
  hasLeft: leg.left_at !== null
})

/** The conference call resource of the API. */
export async function presentConference(
  storage: Storage,
  { row, moderator, participants }: Conference
): Promise<ConferenceCall> {
  return {
    id: row.id,
    client_conversation_id: row.client_conversation_id,
    conference_sid: row.conference_sid,
    created_at: isoTime(row.created_at),
    friendly_name: row.uuid,
    internal_status: row.internal_status,
    moderator_number: row.moderator_number,
    participant_numbers: JSON.parse(row.participant_numbers),
    provider_number: row.twilio_number,
    provider_status: row.provider_status,
    recording_url: await linkToRecording(storage, moderator.recording_key),
    transcription: presentTranscription(moderator),
    twilio_number: row.twilio_number,
    updated_at: isoTime(row.updated_at),
    uuid: row.uuid,
    welcome_message: row.welcome_message,
    error_code: row.error_code,
    error_description: row.error_description,
    failed_at: row.failed_at === null ? null : isoTime(row.failed_at),
    participants: participants.map(leg => ({
      call_uuid: leg.uuid,
      participant_number: leg.participant_number,
      internal_status: leg.internal_status,
      provider_status: leg.provider_status,
      joined_at: leg.joined_at === null ? null : isoTime(leg.joined_at),
      left_at: leg.left_at === null ? null : isoTime(leg.left_at),
      error_code: leg.error_code,
      error_description: leg.error_description
    }))
  }
}
