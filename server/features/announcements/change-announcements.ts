import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { errors } from '../../platform/errors.ts'
import type { BatchHandler, Queue } from '../../platform/queue.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { statusNews } from '../messages/message-news.ts'
import type { SendingRates } from '../../telephony/sending-rate.ts'
import { fromMessages, messageFields, type MessageRow } from '../messages/message-row.ts'
import { findSenders, findStickySenders } from './announcement-numbers.ts'
import type { CheckedAnnouncement } from './check-announcement.ts'
import { createAnnouncement } from './expand-announcements.ts'
import { announcementChangesLane, mediumOf } from './lanes.ts'
import { planSend, type Sender } from './plan-sends.ts'
import { provisioningPauseMs, requestNumber } from './provision-numbers.ts'
import { scheduleTexts, textsPlannedAtOnce } from './schedule-texts.ts'

export type AnnouncementStateName = 'active' | 'paused' | 'canceled'

interface ChangeDeps {
  database: Database
  queue: Queue
  clock: Clock
}

interface CarryOutDeps extends ChangeDeps {
  rates: SendingRates
}

const canceledAtOnce = 1_000

/**
 * Pauses, resumes or cancels an announcement. From the answer on nothing more is handed to the provider of
 * one that is paused or canceled, but for the texts that are in a worker's hands at that moment.
 *
 * @throws 404 for one that the bearer does not have, 409 for one that was canceled
 */
export async function changeAnnouncement(
  deps: ChangeDeps,
  bearerId: number,
  clientAnnouncementId: string,
  state: AnnouncementStateName
): Promise<void> {
  await deps.database.transaction(async tx => {
    const known =
      (await findState(deps.database, tx, bearerId, clientAnnouncementId)) ??
      (await beginEarly(deps, tx, bearerId, clientAnnouncementId))
    if (known.state === 'canceled' && state !== 'canceled')
      throw new errors.conflict('The announcement was canceled.')
    if (known.state === state) return
    await sql`update announcements set state = ${state}, updated_at = ${deps.clock.now()}
      where id = ${known.id}`.execute(tx.sql)
    if (state !== 'paused')
      await deps.queue.publish(
        [
          {
            lane: announcementChangesLane,
            fairnessKey: bearerId,
            orderKey: String(known.id),
            payload: String(known.id)
          }
        ],
        tx
      )
  })
}

async function findState(
  database: Database,
  tx: Transaction,
  bearerId: number,
  clientAnnouncementId: string
): Promise<{ id: number; state: string } | undefined> {
  const { rows } = await sql<{ id: number; state: string }>`
    select id, state from announcements
    where bearer_id = ${bearerId} and client_announcement_id = ${clientAnnouncementId}
    ${database.locking('for update')}`.execute(tx.sql)
  return rows[0]
}

/** An announcement that was accepted a moment ago has no row yet. */
async function beginEarly(
  { database, clock }: ChangeDeps,
  tx: Transaction,
  bearerId: number,
  clientAnnouncementId: string
): Promise<{ id: number; state: string }> {
  const { rows } = await sql<{ announcement: string; created_at: number; service: number }>`
    select b.announcement, b.created_at, s.id as service from announcement_batches b
    join messaging_services s on s.global_customer_id = ${globalCustomerIn(database)}
    where b.bearer_id = ${bearerId} and b.client_announcement_id = ${clientAnnouncementId}
    order by b.id, s.id limit 1`.execute(tx.sql)
  const [batch] = rows
  if (!batch) {
    // Its recipients may have become messages, and the batch gone, since its row was looked for.
    const since = await findState(database, tx, bearerId, clientAnnouncementId)
    if (since) return since
    throw new errors.notFound('There is no such announcement.')
  }
  const header: CheckedAnnouncement = JSON.parse(batch.announcement)
  await createAnnouncement(database, tx, {
    bearerId,
    header,
    messagingServiceId: batch.service,
    createdAt: batch.created_at,
    now: clock.now()
  })
  const created = await findState(database, tx, bearerId, clientAnnouncementId)
  if (!created) throw new Error('An announcement was not stored')
  return created
}

const globalCustomerIn = ({ dialect }: Database) =>
  dialect === 'postgresql'
    ? sql`b.announcement::json ->> 'globalCustomerId'`
    : sql`json_extract(b.announcement, '$.globalCustomerId')`

/**
 * Carries a change out on the messages, and begins what was to wait for its time. A page is one transaction with
 * the verdict on its entry: interrupted, the work goes on where it stopped. Between two pages other announcements
 * have their turn.
 */
export function createAnnouncementChanges(deps: CarryOutDeps): BatchHandler {
  return async entries => {
    for (const entry of entries)
      await deps.database.transaction(async tx => {
        const at = await carryOut(deps, tx, Number(entry.payload))
        await deps.queue.settle(
          [
            at === undefined
              ? { entry, outcome: 'done' }
              : { entry, outcome: 'retry', at, countsAsAttempt: false }
          ],
          tx
        )
      })
  }
}

/** Gives the time at which there is more to do; undefined when nothing is left. */
async function carryOut(
  deps: CarryOutDeps,
  tx: Transaction,
  id: number
): Promise<number | undefined> {
  const now = deps.clock.now()
  const announcement = await findAnnouncement(tx, id)
  if (!announcement) return undefined
  // The numbers are locked before the announcement, as they are where its recipients become messages.
  const senders =
    announcement.state === 'active' ? await sendersOf(deps, tx, announcement, now) : []
  const state = await lockState(deps.database, tx, id)
  if (state !== announcement.state) return now
  switch (state) {
    case 'active':
      return planPage(deps, tx, announcement, senders, now)
    case 'canceled':
      return (await cancelPage(deps, tx, id, now)) === canceledAtOnce ? now : undefined
    default:
      return undefined
  }
}

interface AnnouncementRow {
  id: number
  state: string
  type: string
  service: number
  service_sid: string
  /** The number that it is to go out from, when it named one. */
  number: string | null
}

async function findAnnouncement(tx: Transaction, id: number): Promise<AnnouncementRow | undefined> {
  const { rows } = await sql<AnnouncementRow>`
    select a.id, a.state, a.type, a.messaging_service_id as service, a.provider_number as number,
      s.provider_messaging_sid as service_sid
    from announcements a join messaging_services s on s.id = a.messaging_service_id
    where a.id = ${id}`.execute(tx.sql)
  return rows[0]
}

async function lockState(
  database: Database,
  tx: Transaction,
  id: number
): Promise<string | undefined> {
  const { rows } = await sql<{ state: string }>`select state from announcements
    where id = ${id} ${database.locking('for update')}`.execute(tx.sql)
  return rows[0]?.state
}

const sendersOf = (
  deps: CarryOutDeps,
  tx: Transaction,
  { service, number, type }: AnnouncementRow,
  now: number
): Promise<Sender[]> => findSenders(deps, tx.sql, service, number, now, mediumOf(type))

async function cancelPage(
  deps: ChangeDeps,
  tx: Transaction,
  id: number,
  now: number
): Promise<number> {
  const { rows } = await sql<MessageRow>`
    select ${messageFields} ${fromMessages}
    where m.announcement_id = ${id} and m.internal_status in ('accepted', 'scheduled', 'queued')
    limit ${canceledAtOnce} ${deps.database.locking('for update of m')}`.execute(tx.sql)
  const list = rows.map(row => ({ id: row.id }))
  await sql`update messages set internal_status = 'canceled', updated_at = ${now}
    from ${deps.database.rows(list, { id: 'bigint' })} where messages.id = r.id`.execute(tx.sql)
  await emitEvents(
    deps,
    tx,
    rows.flatMap(row => statusNews({ ...row, internal_status: 'canceled', updated_at: now })),
    now
  )
  return rows.length
}

/**
 * Gives a page of what waits a sender and a time: what was parked, and what was to wait until now. Who knows a
 * number hears from it again. Gives the time at which there is more to plan.
 */
async function planPage(
  deps: CarryOutDeps,
  tx: Transaction,
  { id, service, service_sid: serviceSid }: AnnouncementRow,
  senders: readonly Sender[],
  now: number
): Promise<number | undefined> {
  const { database, queue } = deps
  const rows = await whoWaits(database, tx, id, now)
  if (rows.length > 0 && senders.length === 0) {
    await requestNumber(queue, tx, service)
    return now + provisioningPauseMs
  }
  const sticky = await findStickySenders(
    database,
    tx.sql,
    service,
    rows.map(row => ({ number: row.receiver_number }))
  )
  const texts = rows.map(row => {
    // A call that reached nobody is tried again at a time of its own.
    const notBefore = Math.max(now, row.send_at ?? now)
    const known = sticky.get(row.receiver_number)
    return { row, send: planSend(senders, row.num_segments, notBefore, known) }
  })
  // Its number may have moved to another service meanwhile: it goes out through the one that its sender is in.
  await sql`update messages set internal_status = 'queued', sender_number = r.sender,
      messaging_service_sid = ${serviceSid}, updated_at = ${now}
    from ${database.rows(
      texts.map(({ row, send }) => ({ id: row.id, sender: send.sender.number })),
      { id: 'bigint', sender: 'text' }
    )} where messages.id = r.id`.execute(tx.sql)
  if (texts.length > 0) await scheduleTexts(deps, tx, { service, senders, sticky, texts })
  // Behind the others that are due.
  return rows.length === textsPlannedAtOnce ? now + 1 : earliestAhead(tx, id)
}

async function whoWaits(
  database: Database,
  tx: Transaction,
  id: number,
  now: number
): Promise<MessageRow[]> {
  const { rows } = await sql<MessageRow>`
    select m.* from messages m where m.id in (
      select parked.id from (
        select id from messages where announcement_id = ${id} and internal_status = 'accepted'
        limit ${textsPlannedAtOnce}
      ) as parked
      union all
      select due.id from (
        select id from messages
        where announcement_id = ${id} and internal_status = 'scheduled' and send_at <= ${now}
        order by send_at, id limit ${textsPlannedAtOnce}
      ) as due
    )
    order by m.id limit ${textsPlannedAtOnce} ${database.locking('for update of m')}`.execute(
    tx.sql
  )
  return rows
}

/** When the next of its texts is to go out of those that still wait for their time. */
async function earliestAhead(tx: Transaction, id: number): Promise<number | undefined> {
  const { rows } = await sql<{ at: number | null }>`select min(send_at) as at from messages
    where announcement_id = ${id} and internal_status = 'scheduled'`.execute(tx.sql)
  return rows[0]?.at ?? undefined
}
