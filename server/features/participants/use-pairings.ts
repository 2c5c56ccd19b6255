import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'

/** One participant and one provider number, within a conversation or (0) outside any. */
export interface Pairing {
  bearerId: number
  conversationId: number
  participantNumber: string
  providerNumber: string
}

/** Makes each pairing the latest of its two numbers, creating or reactivating it where needed. */
export async function usePairings(
  database: Database,
  tx: Transaction,
  pairings: readonly Pairing[],
  now: number
): Promise<void> {
  const distinct = new Map(
    pairings.map(pairing => [
      `${pairing.bearerId} ${pairing.conversationId} ${pairing.participantNumber} ${pairing.providerNumber}`,
      {
        bearer_id: pairing.bearerId,
        conversation_id: pairing.conversationId,
        participant_number: pairing.participantNumber,
        provider_number: pairing.providerNumber,
        last_active_at: now,
        created_at: now
      }
    ])
  )
  await database.insert(
    tx.sql,
    'participants',
    {
      bearer_id: 'bigint',
      conversation_id: 'bigint',
      participant_number: 'text',
      provider_number: 'text',
      last_active_at: 'bigint',
      created_at: 'bigint'
    },
    // In one order everywhere, so that two transactions never wait for each other's rows.
    [...distinct].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
    sql`on conflict (bearer_id, conversation_id, participant_number, provider_number)
      do update set last_active_at = excluded.last_active_at, pairing_deactivated_at = null`
  )
}
