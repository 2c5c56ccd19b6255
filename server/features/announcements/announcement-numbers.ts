import { sql } from 'kysely'
import type { Database, Executor, Transaction } from '../../platform/database.ts'
import { callsPerSecond, type SendingRates, sendingRate } from '../../telephony/sending-rate.ts'
import type { Medium } from './lanes.ts'
import type { Sender } from './plan-sends.ts'

interface NumberRow {
  number: string
  number_type: string
  messages_per_second: number | null
  next_slot_at: number
  unhealthy_until: number | null
}

/**
 * The numbers that a customer's announcements go out from: those that the provider takes as senders, or all
 * when it takes none. In a transaction they are locked until it ends.
 */
export async function findSenders(
  { database, rates }: { database: Database; rates: SendingRates },
  executor: Executor,
  messagingServiceId: number,
  only: string | null,
  now: number,
  medium: Medium = 'text'
): Promise<Sender[]> {
  const { rows } = await sql<NumberRow>`
    select number, number_type, messages_per_second, next_slot_at, unhealthy_until from provider_numbers
    where messaging_service_id = ${messagingServiceId} and announcement_number
      ${only === null ? sql`` : sql`and number = ${only}`}
    order by id ${executor.isTransaction ? database.locking('for update') : sql``}`.execute(
    executor
  )
  const healthy = rows.filter(row => row.unhealthy_until === null || row.unhealthy_until <= now)
  return (healthy.length > 0 ? healthy : rows).map(row => ({
    number: row.number,
    rate: rateFor(rates, medium, row),
    nextSlotAt: row.next_slot_at
  }))
}

/** In segments or calls a second. */
export const rateFor = (
  rates: SendingRates,
  medium: Medium,
  number: { number_type: string; messages_per_second: number | null }
): number =>
  medium === 'call'
    ? callsPerSecond
    : sendingRate(rates, number.number_type, number.messages_per_second)

/** Keeps how far the numbers are planned. */
export async function storeSlots(
  database: Database,
  tx: Transaction,
  senders: readonly Sender[]
): Promise<void> {
  const list = senders.map(({ number, nextSlotAt }) => ({
    number,
    next_slot_at: nextSlotAt
  }))
  await sql`update provider_numbers set next_slot_at = r.next_slot_at
    from ${database.rows(list, { number: 'text', next_slot_at: 'double precision' })}
    where provider_numbers.number = r.number`.execute(tx.sql)
}

/** Which of the customer's numbers each recipient knows. */
export async function findStickySenders(
  database: Database,
  executor: Executor,
  messagingServiceId: number,
  recipients: readonly { number: string }[]
): Promise<Map<string, string>> {
  const list = recipients.map(({ number }) => ({ number }))
  const { rows } = await sql<{ recipient_number: string; provider_number: string }>`
    select s.recipient_number, s.provider_number
    from sticky_senders s
    where s.messaging_service_id = ${messagingServiceId} and s.recipient_number in (select r.number from ${database.rows(list, { number: 'text' })})`.execute(
    executor
  )
  return new Map(rows.map(row => [row.recipient_number, row.provider_number]))
}

export async function rememberSenders(
  database: Database,
  tx: Transaction,
  messagingServiceId: number,
  pairs: readonly { recipient: string; sender: string }[]
): Promise<void> {
  await database.insert(
    tx.sql,
    'sticky_senders',
    { messaging_service_id: 'bigint', recipient_number: 'text', provider_number: 'text' },
    pairs.map(({ recipient, sender }) => ({
      messaging_service_id: messagingServiceId,
      recipient_number: recipient,
      provider_number: sender
    })),
    sql`on conflict (messaging_service_id, recipient_number) do update set provider_number = excluded.provider_number`
  )
}
