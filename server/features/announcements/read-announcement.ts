import { type RawBuilder, sql } from 'kysely'
import { isoTime } from '../../platform/clock.ts'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { Database } from '../../platform/database.ts'
import { errors } from '../../platform/errors.ts'
import { fromMessages, messageFields, type MessageRow } from '../messages/message-row.ts'
import type { CheckedAnnouncement } from './check-announcement.ts'
import { presentAnnouncementMessage } from './present-announcement-message.ts'
import type { Announcement, AnnouncementLedger } from './schemas.ts'

interface AnnouncementRow {
  id: number
  client_announcement_id: string
  global_customer_id: string
  type: string
  body: string
  send_at: number | null
  state: string
  repeated: number
  created_at: number
}

/**
 * An announcement with its ledger and a page of its messages.
 *
 * @throws 404 for one that the bearer does not have
 */
export async function readAnnouncement(
  database: Database,
  bearerId: number,
  clientAnnouncementId: string,
  { limit, cursor }: { limit: number; cursor: string | undefined }
): Promise<{ announcement: Announcement; next: string | undefined }> {
  const row = await findRow(database, bearerId, clientAnnouncementId)
  const { ledger, counts, updatedAt } = await readLedger(
    database,
    bearerId,
    clientAnnouncementId,
    row
  )
  const { messages, next } = await readMessages(database, row.id, limit, cursor)
  return {
    announcement: {
      client_announcement_id: row.client_announcement_id,
      global_customer_id: row.global_customer_id,
      type: row.type,
      body: row.body,
      state: row.state,
      send_at: row.send_at === null ? null : isoTime(row.send_at),
      ledger,
      counts,
      created_at: isoTime(row.created_at),
      updated_at: updatedAt === null ? null : isoTime(updatedAt),
      messages: messages.map(presentAnnouncementMessage)
    },
    next
  }
}

/** The announcement, or what was accepted of it when nothing of it is a message yet. */
async function findRow(
  database: Database,
  bearerId: number,
  clientAnnouncementId: string
): Promise<AnnouncementRow> {
  const find = async (): Promise<AnnouncementRow | undefined> => {
    const { rows } = await sql<AnnouncementRow>`
      select id, client_announcement_id, global_customer_id, type, body, send_at, state, repeated, created_at
      from announcements
      where bearer_id = ${bearerId} and client_announcement_id = ${clientAnnouncementId}`.execute(
      database.sql
    )
    return rows[0]
  }
  const row = await find()
  if (row) return row
  const { rows: batches } = await sql<{ announcement: string; created_at: number }>`
    select announcement, created_at from announcement_batches
    where bearer_id = ${bearerId} and client_announcement_id = ${clientAnnouncementId}
    order by id limit 1`.execute(database.sql)
  const [batch] = batches
  if (!batch) {
    // Its recipients may have become messages, and the batch gone, since its row was looked for.
    const since = await find()
    if (since) return since
    throw new errors.notFound('There is no such announcement.')
  }
  const header: CheckedAnnouncement = JSON.parse(batch.announcement)
  return {
    id: 0,
    client_announcement_id: clientAnnouncementId,
    global_customer_id: header.globalCustomerId,
    type: header.type,
    body: header.body,
    send_at: header.sendAt,
    state: 'active',
    repeated: 0,
    created_at: batch.created_at
  }
}

interface Counted {
  /** Of messages; `waiting` of recipients who are not messages yet. */
  status: string
  /** 1 for messages that the provider has. */
  taken: number | null
  count: number
  updated_at: number | null
}

/**
 * Where everybody is who was accepted, by one statement, so that the sums are of one moment. Whether the
 * provider has a message is asked only where its status does not say so.
 */
async function readLedger(
  database: Database,
  bearerId: number,
  clientAnnouncementId: string,
  { id, repeated }: Pick<AnnouncementRow, 'id' | 'repeated'>
): Promise<{
  ledger: AnnouncementLedger
  counts: Record<string, number>
  updatedAt: number | null
}> {
  const { rows } = await sql<Counted>`
    select internal_status as status, null as taken, count(*) as count, max(updated_at) as updated_at
    from messages where announcement_id = ${id} and internal_status not in (${ambiguous})
    group by internal_status
    union all
    select internal_status, case when message_sid is null then 0 else 1 end, count(*), max(updated_at)
    from messages where announcement_id = ${id} and internal_status in (${ambiguous})
    group by internal_status, case when message_sid is null then 0 else 1 end
    union all
    select 'waiting', null, coalesce(sum(recipient_count), 0), null
    from announcement_batches
    where bearer_id = ${bearerId} and client_announcement_id = ${clientAnnouncementId}`.execute(
    database.sql
  )

  const ledger: AnnouncementLedger = {
    accepted: 0,
    waiting: 0,
    pending: 0,
    sent: 0,
    refused: 0,
    blocked: 0,
    canceled: 0,
    repeated
  }
  const counts: Record<string, number> = {}
  let updatedAt: number | null = null
  for (const row of rows) {
    const { count } = row
    if (count === 0) continue
    const column = columnOf(row)
    ledger[column] += count
    if (column !== 'waiting') ledger.accepted += count
    const status = column === 'waiting' ? 'accepted' : row.status
    counts[status] = (counts[status] ?? 0) + count
    if (row.updated_at !== null) updatedAt = Math.max(updatedAt ?? 0, row.updated_at)
  }
  return { ledger, counts, updatedAt }
}

/** A message that is being sent may be with the provider or not yet; one that failed, there or on the way. */
const ambiguous: RawBuilder<unknown> = sql.join([sql.lit('sending'), sql.lit('failed')])

function columnOf({ status, taken }: Counted): Exclude<keyof AnnouncementLedger, 'accepted'> {
  switch (status) {
    case 'waiting':
      return 'waiting'
    case 'accepted':
    case 'scheduled':
    case 'queued':
      return 'pending'
    case 'sending':
      return taken === 1 ? 'sent' : 'pending'
    case 'failed':
      return taken === 1 ? 'sent' : 'refused'
    case 'sent':
    case 'delivered':
    case 'undelivered':
      return 'sent'
    case 'blocked':
      return 'blocked'
    case 'canceled':
      return 'canceled'
    default:
      return 'refused'
  }
}

/** In the order of the recipients' numbers; a cursor is the last number of a page. */
async function readMessages(
  database: Database,
  announcementId: number,
  limit: number,
  cursor: string | undefined
): Promise<{ messages: MessageRow[]; next: string | undefined }> {
  const after = decodeCursor(cursor)
  const { rows } = await sql<MessageRow>`
    select ${messageFields} ${fromMessages}
    where m.announcement_id = ${announcementId}
      ${after === undefined ? sql`` : sql`and m.receiver_number > ${`+${after}`}`}
    order by m.receiver_number limit ${limit + 1}`.execute(database.sql)
  const places = rows.map(row => ({ id: Number(row.receiver_number.slice(1)), row }))
  const { page, next } = pageOf(places, limit)
  return { messages: page.map(({ row }) => row), next }
}
