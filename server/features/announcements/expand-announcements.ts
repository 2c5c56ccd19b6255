import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { newUuid } from '../../platform/ids.ts'
import type { BatchHandler, Entry, Queue } from '../../platform/queue.ts'
import { messageTypeFor } from '../../telephony/message-type.ts'
import { countSegments } from '../../telephony/segments.ts'
import type { SendingRates } from '../../telephony/sending-rate.ts'
import { emitEvents } from '../client-events/emit-events.ts'
import { statusNews } from '../messages/message-news.ts'
import { messageColumns, type MessageRow } from '../messages/message-row.ts'
import { findOptedOut } from '../opt-outs/registry.ts'
import type { UsageGuard } from '../usage-limits/usage-guard.ts'
import { usageOf } from './accept-announcement.ts'
import { findSenders, findStickySenders } from './announcement-numbers.ts'
import type { CheckedAnnouncement, Recipient } from './check-announcement.ts'
import { announcementChangesLane, mediumOf } from './lanes.ts'
import { provisioningPauseMs, requestNumber } from './provision-numbers.ts'
import { planSend, type Sender } from './plan-sends.ts'
import { type PlannedText, scheduleTexts } from './schedule-texts.ts'

export interface ExpansionDeps {
  database: Database
  queue: Queue
  clock: Clock
  log: Logger
  config: Pick<Config, 'SMS_TO_MMS_RULE'>
  rates: SendingRates
  guard: UsageGuard
}

interface BatchRow {
  id: number
  bearer_id: number
  client_announcement_id: string
  announcement: string
  recipients: string
  created_at: number
}

interface AnnouncementRow {
  id: number
  state: string
  messaging_service_id: number
  service_sid: string
  send_at: number | null
}

/**
 * Makes messages of accepted recipients, a batch at a time: who was named before is left out, who opted out
 * is blocked, everybody else gets a sender and a time, or waits for the announcement's. The messages, the work of sending them, the senders'
 * next slots and the end of the batch are one transaction: after a crash it is done again from the start or
 * it is done.
 */
export function createAnnouncementExpansion(deps: ExpansionDeps): BatchHandler {
  return async entries => {
    for (const entry of entries) await expand(deps, entry)
  }
}

async function expand(deps: ExpansionDeps, entry: Entry): Promise<void> {
  const batch = await findBatch(deps.database, Number(entry.payload))
  if (batch) {
    const header: CheckedAnnouncement = JSON.parse(batch.announcement)
    const recipients: Recipient[] = JSON.parse(batch.recipients)
    const { service, number } = await originOf(deps.database, batch, header)
    await deps.database.transaction(async tx => {
      const senders = await findSenders(
        deps,
        tx.sql,
        service,
        number,
        deps.clock.now(),
        mediumOf(header.type)
      )
      if (senders.length === 0) {
        await requestNumber(deps.queue, tx, service)
        const at = deps.clock.now() + provisioningPauseMs
        await deps.queue.settle([{ entry, outcome: 'retry', at, countsAsAttempt: false }], tx)
        return
      }
      await expandBatch(deps, tx, { batch, header, recipients, service, senders })
      await deps.queue.settle([{ entry, outcome: 'done' }], tx)
    })
    return
  }
  await deps.database.transaction(tx => deps.queue.settle([{ entry, outcome: 'done' }], tx))
}

async function findBatch(database: Database, id: number): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`select id, bearer_id, client_announcement_id, announcement,
    recipients, created_at from announcement_batches where id = ${id}`.execute(database.sql)
  return rows[0]
}

/** Where it goes out from, as the first request said, whatever a later one says. */
async function originOf(
  database: Database,
  batch: BatchRow,
  header: CheckedAnnouncement
): Promise<{ service: number; number: string | null }> {
  const { rows } = await sql<{ service: number; number: string | null }>`
    select messaging_service_id as service, provider_number as number from announcements
    where bearer_id = ${batch.bearer_id} and client_announcement_id = ${batch.client_announcement_id}`.execute(
    database.sql
  )
  const [known] = rows
  if (known) return known
  const { rows: services } = await sql<{ id: number | null }>`
    select min(id) as id from messaging_services
    where global_customer_id = ${header.globalCustomerId}`.execute(database.sql)
  return { service: services[0]?.id ?? 0, number: header.providerNumber }
}

async function expandBatch(
  deps: ExpansionDeps,
  tx: Transaction,
  work: {
    batch: BatchRow
    header: CheckedAnnouncement
    recipients: readonly Recipient[]
    service: number
    senders: readonly Sender[]
  }
): Promise<void> {
  const { database, clock } = deps
  const { batch, header, recipients, service, senders } = work
  const now = clock.now()
  const announcement = await upsertAnnouncement(database, tx, work, now)
  const sendAt = whenToSend(header, announcement, now)
  const isAhead = sendAt !== null && sendAt > now
  const fresh = await whoIsNew(database, tx, announcement.id, recipients)
  const sticky = await findStickySenders(database, tx.sql, service, fresh)
  // From whom those would hear who are not written to.
  const usualSender = senders[0]?.number ?? ''
  const optedOut = await findOptedOut(
    database,
    tx.sql,
    fresh.map(recipient => ({
      sender: sticky.get(recipient.number) ?? usualSender,
      recipient: recipient.number,
      messagingServiceSid: announcement.service_sid
    })),
    'announcements'
  )

  const rows: MessageRow[] = []
  const texts: PlannedText[] = []
  for (const [place, recipient] of fresh.entries()) {
    const row = asRow(deps, batch, header, announcement, recipient, { sendAt, now })
    rows.push(row)
    if (optedOut.has(place)) {
      row.internal_status = 'blocked'
      row.error_description = 'The receiver opted out.'
      row.sender_number = sticky.get(recipient.number) ?? usualSender
    } else if (announcement.state !== 'active' || isAhead) {
      // Planned when the announcement is resumed, and when its time has come.
      row.internal_status =
        announcement.state === 'canceled' ? 'canceled' : isAhead ? 'scheduled' : 'accepted'
      row.sender_number = sticky.get(recipient.number) ?? usualSender
    } else {
      const send = planSend(senders, row.num_segments, now, sticky.get(recipient.number))
      row.sender_number = send.sender.number
      texts.push({ row, send })
    }
  }

  await database.insert(tx.sql, 'messages', messageColumns, rows)
  await scheduleTexts(deps, tx, { service, senders, sticky, texts })
  if (isAhead && rows.some(row => row.internal_status === 'scheduled'))
    await deps.queue.publish(
      [
        {
          lane: announcementChangesLane,
          fairnessKey: batch.bearer_id,
          orderKey: String(announcement.id),
          payload: String(announcement.id),
          dueAt: sendAt
        }
      ],
      tx
    )
  await tellOfEndings(deps, tx, rows, now)
  // Who was counted before is not counted again.
  const repeated = { bearerId: batch.bearer_id, count: recipients.length - fresh.length }
  await deps.guard.giveBack(tx, usageOf(header), repeated)
  await sql`update announcements set repeated = repeated + ${recipients.length - fresh.length}
    where id = ${announcement.id}`.execute(tx.sql)
  await sql`delete from announcement_batches where id = ${batch.id}`.execute(tx.sql)
}

/** The request's own time. One that names none joins an announcement that is still to begin. */
function whenToSend(
  header: CheckedAnnouncement,
  announcement: AnnouncementRow,
  now: number
): number | null {
  if (header.sendAt !== null) return header.sendAt
  return announcement.send_at !== null && announcement.send_at > now ? announcement.send_at : null
}

/** The announcement of the first request; a later one adds recipients. Locked until they are in. */
async function upsertAnnouncement(
  database: Database,
  tx: Transaction,
  { batch, header, service }: { batch: BatchRow; header: CheckedAnnouncement; service: number },
  now: number
): Promise<AnnouncementRow> {
  await createAnnouncement(database, tx, {
    bearerId: batch.bearer_id,
    header,
    messagingServiceId: service,
    createdAt: batch.created_at,
    now
  })
  const { rows } = await sql<AnnouncementRow>`
    select a.id, a.state, a.messaging_service_id, a.send_at, s.provider_messaging_sid as service_sid
    from announcements a join messaging_services s on s.id = a.messaging_service_id
    where a.bearer_id = ${batch.bearer_id} and a.client_announcement_id = ${batch.client_announcement_id}
    ${database.locking('for update of a')}`.execute(tx.sql)
  const [row] = rows
  if (!row) throw new Error(`Announcement of batch ${batch.id} has no messaging service`)
  return row
}

/** The row of an announcement, unless it is there. */
export async function createAnnouncement(
  database: Database,
  tx: Transaction,
  announcement: {
    bearerId: number
    header: CheckedAnnouncement
    messagingServiceId: number
    createdAt: number
    now: number
  }
): Promise<void> {
  const { header } = announcement
  await database.insert(
    tx.sql,
    'announcements',
    {
      bearer_id: 'bigint',
      client_announcement_id: 'text',
      messaging_service_id: 'bigint',
      global_customer_id: 'text',
      type: 'text',
      body: 'text',
      media_urls: 'text',
      provider_number: 'text',
      callback_url: 'text',
      voice: 'text',
      language: 'text',
      send_at: 'bigint',
      state: 'text',
      repeated: 'bigint',
      created_at: 'bigint',
      updated_at: 'bigint'
    },
    [
      {
        bearer_id: announcement.bearerId,
        client_announcement_id: header.clientAnnouncementId,
        messaging_service_id: announcement.messagingServiceId,
        global_customer_id: header.globalCustomerId,
        type: header.type,
        body: header.body,
        media_urls: JSON.stringify(header.mediaUrls),
        provider_number: header.providerNumber,
        callback_url: header.callbackUrl,
        voice: header.voice,
        language: header.language,
        send_at: header.sendAt,
        state: 'active',
        repeated: 0,
        created_at: announcement.createdAt,
        updated_at: announcement.now
      }
    ],
    sql`on conflict (bearer_id, client_announcement_id) do nothing`
  )
}

/** Those of the recipients that have no message yet. */
async function whoIsNew(
  database: Database,
  tx: Transaction,
  announcementId: number,
  recipients: readonly Recipient[]
): Promise<Recipient[]> {
  const list = recipients.map(({ number }) => ({ number }))
  const { rows } = await sql<{ number: string }>`
    select m.receiver_number as number from messages m
    where m.announcement_id = ${announcementId} and m.receiver_number in (select r.number from ${database.rows(list, { number: 'text' })})`.execute(
    tx.sql
  )
  if (rows.length === 0) return [...recipients]
  const known = new Set(rows.map(row => row.number))
  return recipients.filter(({ number }) => !known.has(number))
}

function asRow(
  { config }: ExpansionDeps,
  batch: BatchRow,
  header: CheckedAnnouncement,
  announcement: AnnouncementRow,
  recipient: Recipient,
  { sendAt, now }: { sendAt: number | null; now: number }
): MessageRow {
  const body = recipient.body ?? header.body
  const { count, encoding } = segmentsOf(body)
  const messageType =
    header.type === 'voice'
      ? 'voice'
      : messageTypeFor({
          body,
          mediaCount: header.mediaUrls.length,
          requested: header.type === 'mms' ? 'mms' : undefined,
          rule: config.SMS_TO_MMS_RULE
        })
  return {
    id: 0,
    uuid: newUuid(now),
    bearer_id: batch.bearer_id,
    conversation_id: null,
    announcement_id: announcement.id,
    client_announcement_id: batch.client_announcement_id,
    client_message_id: recipient.clientMessageId ?? header.clientMessageId,
    direction: 'outbound',
    sender_number: '',
    receiver_number: recipient.number,
    message_body: body,
    media_urls: header.mediaUrls.length === 0 ? '[]' : JSON.stringify(header.mediaUrls),
    media_file_urls: '[]',
    message_type: messageType,
    priority: 'normal',
    provider: 'twilio',
    provider_status: null,
    internal_status: 'queued',
    message_sid: null,
    messaging_service_sid: announcement.service_sid,
    global_customer_id: header.globalCustomerId,
    callback_url: header.callbackUrl,
    error_code: null,
    error_description: null,
    answered_by: null,
    num_segments: messageType === 'sms' ? count : 1,
    encoding,
    send_at: sendAt,
    provider_call_at: null,
    created_at: now,
    updated_at: now,
    client_conversation_id: null,
    global_id: null,
    internal_conversation_id: null
  }
}

/** Most recipients of an announcement get the same text. */
function segmentsOf(body: string): ReturnType<typeof countSegments> {
  if (latest?.body !== body) latest = { body, segments: countSegments(body) }
  return latest.segments
}

let latest: { body: string; segments: ReturnType<typeof countSegments> } | undefined

/** Of the messages that end where they begin. */
async function tellOfEndings(
  deps: ExpansionDeps,
  tx: Transaction,
  rows: readonly MessageRow[],
  now: number
): Promise<void> {
  const ended = rows.filter(
    row => row.internal_status === 'blocked' || row.internal_status === 'canceled'
  )
  if (ended.length === 0) return
  const list = ended.map(({ uuid }) => ({ uuid }))
  const { rows: ids } = await sql<{ id: number; uuid: string }>`
    select m.id, m.uuid from messages m join ${deps.database.rows(list, { uuid: 'uuid' })} on m.uuid = r.uuid`.execute(
    tx.sql
  )
  const idOf = new Map(ids.map(({ id, uuid }) => [uuid, id]))
  await emitEvents(
    deps,
    tx,
    ended.flatMap(row => statusNews({ ...row, id: idOf.get(row.uuid) ?? 0 })),
    now
  )
}
