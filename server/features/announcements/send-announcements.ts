import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import type { Verdict } from '../../platform/queue.ts'
import type { SendingRates } from '../../telephony/sending-rate.ts'
import { textChannel } from '../messages/channel.ts'
import type { Admission, Delivery, SendingRules } from '../messages/deliver-messages.ts'
import { findSenders, rateFor, rememberSenders, storeSlots } from './announcement-numbers.ts'
import { callChannel } from './call-channel.ts'
import type { Medium } from './lanes.ts'
import { planSend, sendingTimeMs } from './plan-sends.ts'

/**
 * The provider's words for a sender that it does not take, or takes no more from just now
 * (https://www.twilio.com/docs/api/errors): may not call, not a valid sender, its queue is full, no channel,
 * not ready.
 */
const senderFaults = new Set(['21210', '21212', '21606', '21611', '21659', '63007'])
const unhealthyForMs = 15 * 60_000

interface RuleDeps {
  database: Database
  rates: SendingRates
}

/**
 * How texts or calls of announcements are sent: from numbers that each keep to their rate, not while the announcement
 * is paused, and from another number when the provider refuses the first.
 */
export function announcementRules(deps: RuleDeps, medium: Medium): SendingRules {
  return {
    channel: medium === 'call' ? callChannel : textChannel,
    isUrgent: false,
    optOutClass: 'announcements',
    // Who wants no calls gets none of these either.
    heededOptOuts: medium === 'call' ? ['calls'] : [],
    statusPath: '/api/v1/twilio_announcements/status',
    admit: (tx, deliveries, now) => admit(deps, tx, deliveries, now, medium),
    isSenderFault: code => senderFaults.has(code),
    reassign: (tx, deliveries, now) => reassign(deps, tx, deliveries, now, medium)
  }
}

async function admit(
  deps: RuleDeps,
  tx: Transaction,
  deliveries: readonly Delivery[],
  now: number,
  medium: Medium
): Promise<Admission> {
  const admission: Admission = { ready: [], verdicts: [], canceled: [] }
  if (deliveries.length === 0) return admission
  const announcements = await announcementsOf(deps.database, tx, deliveries)
  const parked: Delivery[] = []
  const going: Delivery[] = []
  for (const delivery of deliveries) {
    const state = announcements.get(delivery.row.announcement_id)?.state
    if (state === 'canceled') admission.canceled.push(delivery)
    else if (state === 'paused') parked.push(delivery)
    else if (medium === 'call' && (delivery.row.send_at ?? 0) > now)
      admission.verdicts.push({
        entry: delivery.entry,
        outcome: 'retry',
        at: delivery.row.send_at ?? now,
        countsAsAttempt: false
      })
    else going.push(delivery)
  }
  await park(deps.database, tx, parked, now)
  admission.verdicts.push(...parked.map(({ entry }): Verdict => ({ entry, outcome: 'done' })))
  await keepToRates(deps, tx, going, { now, medium }, admission)
  return admission
}

/** The announcements that these texts are part of, by id. */
async function announcementsOf(
  database: Database,
  tx: Transaction,
  deliveries: readonly Delivery[]
): Promise<
  Map<number | null, { id: number; state: string; service: number; number: string | null }>
> {
  const ids = [...new Set(deliveries.map(({ row }) => row.announcement_id))].map(id => ({ id }))
  const { rows } = await sql<{ id: number; state: string; service: number; number: string | null }>`
    select a.id, a.state, a.messaging_service_id as service, a.provider_number as number
    from ${database.rows(ids, { id: 'bigint' })} join announcements a on a.id = r.id`.execute(
    tx.sql
  )
  return new Map(rows.map(row => [row.id, row]))
}

/** A text of a paused announcement leaves the lane; it comes back when the announcement is resumed. */
async function park(
  database: Database,
  tx: Transaction,
  deliveries: readonly Delivery[],
  now: number
): Promise<void> {
  if (deliveries.length === 0) return
  const list = deliveries.map(({ row }) => ({ id: row.id }))
  await sql`update messages set internal_status = 'accepted', updated_at = ${now}
    from ${database.rows(list, { id: 'bigint' })} where messages.id = r.id`.execute(tx.sql)
}

/**
 * So far a number may be ahead of its rate: texts that came late together leave together. A number that sends
 * fifty and more a second sends a fiftieth more in a second at the most; a slower one never does.
 */
const aheadMs = 20

interface Pace {
  number: string
  number_type: string
  messages_per_second: number | null
  next_slot_at: number
  next_send_at: number
}

/**
 * A token bucket for each number, shared by all workers. A text is planned for a time at which its number is
 * free; what comes a little early, since the one before it was late, waits that little; what was delayed
 * on its way together with others is planned anew, behind everything else.
 */
async function keepToRates(
  { database, rates }: RuleDeps,
  tx: Transaction,
  deliveries: readonly Delivery[],
  { now, medium }: { now: number; medium: Medium },
  admission: Admission
): Promise<void> {
  const paces = await pacesOf(database, tx, deliveries)
  for (const delivery of deliveries) {
    const { row, entry } = delivery
    const pace = paces.get(row.sender_number)
    if (pace === undefined) {
      admission.ready.push(delivery)
      continue
    }
    const busyMs = sendingTimeMs(row.num_segments, rateFor(rates, medium, pace))
    const earlyMs = pace.next_send_at - now
    if (earlyMs < Math.max(1, aheadMs - busyMs)) {
      pace.next_send_at = Math.max(now, pace.next_send_at) + busyMs
      admission.ready.push(delivery)
      continue
    }
    const isALittle = earlyMs < busyMs
    const at = isALittle ? pace.next_send_at : Math.max(pace.next_slot_at, pace.next_send_at)
    if (!isALittle) pace.next_slot_at = at + busyMs
    admission.verdicts.push({ entry, outcome: 'retry', at: Math.ceil(at), countsAsAttempt: false })
  }
  if (paces.size === 0) return
  const list = [...paces.values()].map(({ number, next_slot_at, next_send_at }) => ({
    number,
    next_slot_at,
    next_send_at
  }))
  await sql`update provider_numbers set next_slot_at = r.next_slot_at, next_send_at = r.next_send_at
    from ${database.rows(list, {
      number: 'text',
      next_slot_at: 'double precision',
      next_send_at: 'double precision'
    })}
    where provider_numbers.number = r.number`.execute(tx.sql)
}

async function pacesOf(
  database: Database,
  tx: Transaction,
  deliveries: readonly Delivery[]
): Promise<Map<string, Pace>> {
  const list = [...new Set(deliveries.map(({ row }) => row.sender_number))].map(number => ({
    number
  }))
  if (list.length === 0) return new Map()
  const { rows } = await sql<Pace>`
    select n.number, n.number_type, n.messages_per_second, n.next_slot_at, n.next_send_at
    from provider_numbers n join ${database.rows(list, { number: 'text' })} on n.number = r.number
    order by n.id ${database.locking('for update of n')}`.execute(tx.sql)
  return new Map(rows.map(row => [row.number, row]))
}

/** Marks the refused numbers and gives their texts to others; what finds no other number is left over. */
async function reassign(
  deps: RuleDeps,
  tx: Transaction,
  deliveries: readonly Delivery[],
  now: number,
  medium: Medium
): Promise<Verdict[]> {
  if (deliveries.length === 0) return []
  const { database } = deps
  const refused = new Set(deliveries.map(({ row }) => row.sender_number))
  const marked = [...refused].map(number => ({ number }))
  await sql`update provider_numbers set unhealthy_until = ${now + unhealthyForMs}
    from ${database.rows(marked, { number: 'text' })} where provider_numbers.number = r.number`.execute(
    tx.sql
  )
  const announcements = await announcementsOf(database, tx, deliveries)
  const verdicts: Verdict[] = []
  const moved: { id: number; sender: string }[] = []
  for (const [announcement, theirs] of Map.groupBy(deliveries, ({ row }) =>
    announcements.get(row.announcement_id)
  )) {
    if (announcement === undefined) continue
    const { service, number } = announcement
    const senders = (await findSenders(deps, tx.sql, service, number, now, medium)).filter(
      sender => !refused.has(sender.number)
    )
    if (senders.length === 0) continue
    const pairs = theirs.map(({ row, entry }) => {
      const { sender, dueAt } = planSend(senders, row.num_segments, now, undefined)
      verdicts.push({ entry, outcome: 'retry', at: dueAt, countsAsAttempt: false })
      moved.push({ id: row.id, sender: sender.number })
      return { recipient: row.receiver_number, sender: sender.number }
    })
    await rememberSenders(database, tx, service, pairs)
    await storeSlots(database, tx, senders)
  }
  await sql`update messages set sender_number = r.sender, provider_call_at = null, updated_at = ${now}
    from ${database.rows(moved, { id: 'bigint', sender: 'text' })} where messages.id = r.id`.execute(
    tx.sql
  )
  return verdicts
}
