import { sql } from 'kysely'
import type { Database, Executor } from '../../platform/database.ts'

/** Whom a caller means: the pairing that they were last reached by from the number that they call. */
export interface ReturnPairing {
  id: number
  bearer_id: number
  conversation_id: number | null
  participant_number: string
  provider_number: string
  moderator_id: string | null
  client_conversation_id: string | null
}

/** How a callback names its pairing: by the id that we put into its URL, or by the two numbers. */
export interface PairingName {
  pairingId: number | undefined
  from: string
  to: string
}

const fields = sql`p.id, p.bearer_id, c.id as conversation_id, p.participant_number, p.provider_number,
  c.moderator_id, c.client_conversation_id
  from participants p left join conversations c on c.id = p.conversation_id`

/** Undefined for a caller whom no active pairing knows. A deactivated one is kept to the end of a call that it began. */
export async function findReturnPairing(
  { sql: executor }: { sql: Executor },
  { pairingId, from, to }: PairingName
): Promise<ReturnPairing | undefined> {
  const { rows } =
    pairingId === undefined
      ? await sql<ReturnPairing>`
          select ${fields} where p.provider_number = ${to} and p.participant_number = ${from}
            and p.pairing_deactivated_at is null
          order by p.last_active_at desc, p.id desc limit 1`.execute(executor)
      : await sql<ReturnPairing>`select ${fields} where p.id = ${pairingId}`.execute(executor)
  return rows[0]
}

/** The browser of the staff member that a conversation belongs to; undefined when none is registered now. */
export async function findDevice(
  { sql: executor }: Pick<Database, 'sql'>,
  { bearer_id, moderator_id }: Pick<ReturnPairing, 'bearer_id' | 'moderator_id'>,
  now: number
): Promise<{ identity: string } | undefined> {
  if (moderator_id === null) return undefined
  const { rows } = await sql<{ identity: string }>`
    select identity from voice_devices
    where bearer_id = ${bearer_id} and moderator_id = ${moderator_id} and registered_until > ${now}
    limit 1`.execute(executor)
  return rows[0]
}

/** The id that we put into a URL; undefined when there is none, or none that could be ours. */
export function pairingIdIn(query: URLSearchParams): number | undefined {
  const text = query.get('pairing_id') ?? ''
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}
