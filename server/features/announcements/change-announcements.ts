import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { errors } from '../../platform/errors.ts'
import type { BatchHandler, Entry, Queue } from '../../platform/queue.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { statusNews } from '../messages/message-news.ts'
import type { SendingRates } from '../../telephony/sending-rate.ts'
import { fromMessages, messageFields, type MessageRow } from '../messages/message-row.ts'
import { findSenders, findStickySenders } from './announcement-numbers.ts'
import type { CheckedAnnouncement } from './check-announcement.ts'
import { createAnnouncement } from './expand-announcements.ts'
import { announcementChangesLane, mediumOf } from './lanes.ts'
import { planSend } from './plan-sends.ts'
import { scheduleTexts } from './schedule-texts.ts'

export type AnnouncementStateName = 'active' | 'paused' | 'canceled'

interface ChangeDeps {
  database: Database
  queue: Queue
  clock: Clock
}

interface CarryOutDeps extends ChangeDeps {
  rates: SendingRates
}

const messagesPerPage = 1_000

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

/** Carries a change out on the messages, a page at a time; interrupted, it goes on where it stopped. */
export function createAnnouncementChanges(deps: CarryOutDeps): BatchHandler {
  return async entries => {
    for (const entry of entries) await carryOut(deps, entry)
  }
}

interface ChangedAnnouncement {
  state: string
  type: string
  service: number
  /** The number that it is to go out from, when it named one. */
  number: string | null
  send_at: number | null
}

async function carryOut(deps: CarryOutDeps, entry: Entry): Promise<void> {
  const id = Number(entry.payload)
  for (;;) {
    const isFinished = await deps.database.transaction(async tx => {
      const { rows } = await sql<ChangedAnnouncement>`
        select state, type, messaging_service_id as service, provider_number as number, send_at
        from announcements
        where id = ${id} ${deps.database.locking('for update')}`.execute(tx.sql)
      const [announcement] = rows
      const changed =
        announcement?.state === 'canceled'
          ? await cancelPage(deps, tx, id)
          : announcement?.state === 'active'
            ? await resumePage(deps, tx, id, announcement)
            : 0
      if (changed === messagesPerPage) return false
      await deps.queue.settle([{ entry, outcome: 'done' }], tx)
      return true
    })
    if (isFinished) return
  }
}

async function cancelPage(deps: ChangeDeps, tx: Transaction, id: number): Promise<number> {
  const now = deps.clock.now()
  const { rows } = await sql<MessageRow>`
    select ${messageFields} ${fromMessages}
    where m.announcement_id = ${id} and m.internal_status in ('accepted', 'queued')
    limit ${messagesPerPage} ${deps.database.locking('for update of m')}`.execute(tx.sql)
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

/** What was parked gets a time again, from the number that its recipient knows. */
async function resumePage(
  deps: CarryOutDeps,
  tx: Transaction,
  id: number,
  { type, service, number, send_at: sendAt }: ChangedAnnouncement
): Promise<number> {
  const { database, clock } = deps
  const now = clock.now()
  const { rows } = await sql<MessageRow>`
    select m.* from messages m where m.announcement_id = ${id} and m.internal_status = 'accepted'
    limit ${messagesPerPage} ${database.locking('for update')}`.execute(tx.sql)
  if (rows.length === 0) return 0
  const senders = await findSenders(deps, tx.sql, service, number, now, mediumOf(type))
  const sticky = await findStickySenders(
    database,
    tx.sql,
    service,
    rows.map(row => ({ number: row.receiver_number }))
  )
  const texts = rows.map(row => ({
    row,
    send: planSend(
      senders,
      row.num_segments,
      Math.max(now, sendAt ?? now),
      sticky.get(row.receiver_number)
    )
  }))
  await sql`update messages set internal_status = 'queued', sender_number = r.sender, updated_at = ${now}
    from ${database.rows(
      texts.map(({ row, send }) => ({ id: row.id, sender: send.sender.number })),
      { id: 'bigint', sender: 'text' }
    )} where messages.id = r.id`.execute(tx.sql)
  await scheduleTexts(deps, tx, { service, senders, sticky, texts })
  return rows.length
}
