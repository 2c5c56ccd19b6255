import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import { newUuid } from '../../platform/ids.ts'
import { keywordOf } from '../../telephony/opt-out-keywords.ts'
import { countSegments } from '../../telephony/segments.ts'
import { emitEvents, type News } from '../client-events/emit-events.ts'
import { senderKeysOf } from '../messaging-services/sender-keys.ts'
import {
  type OptOutChange,
  type OptOutClass,
  recordOptIns,
  recordOptOuts
} from '../opt-outs/registry.ts'
import type {
  CallbackDeps,
  CallbackHandler,
  Outcomes,
  StoredCallback
} from '../provider-callbacks/process-callbacks.ts'
import { storable } from '../../platform/storable.ts'
import { inboundStatus } from './lifecycle.ts'
import { messageNews } from './message-news.ts'
import { fromMessages, messageColumns, messageFields, type MessageRow } from './message-row.ts'

/** What an inbound callback says (https://www.twilio.com/docs/messaging/guides/webhook-request). */
interface InboundText {
  callback: StoredCallback
  sid: string
  from: string
  to: string
  body: string
  mediaUrls: string[]
  messagingServiceSid: string | null
}

/** Whose conversation an inbound text belongs to. */
interface Route {
  place: number
  bearer_id: number | null
  conversation_id: number | null
  callback_url: string | null
  global_customer_id: string | null
}

/**
 * Takes in what people write to our numbers: stores it in the pairing's conversation, keeps the opt-out
 * registry, and tells the bearer. A text from somebody whom no pairing knows goes to the bearer of the
 * number's messaging service, without a conversation. The same text twice is one message.
 */
export const receiveInboundTexts = inboundReceiver({
  optOutClass: 'messages',
  tell: async (_deps, _tx, rows) => rows.flatMap(inboundNews)
})

/** What differs between the numbers that people write to. */
interface Mailbox {
  optOutClass: OptOutClass
  /** What the bearer hears of what arrived. */
  tell(deps: CallbackDeps, tx: Transaction, rows: readonly MessageRow[]): Promise<News[]>
}

export function inboundReceiver(mailbox: Mailbox): CallbackHandler {
  return (deps, tx, callbacks) => receive(deps, tx, callbacks, mailbox)
}

async function receive(
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[],
  mailbox: Mailbox
): Promise<Outcomes> {
  const { database } = deps
  const now = deps.clock.now()
  const texts = callbacks.map(readText)
  const usable = firstOfEachSid(
    texts.filter(text => text.sid !== '' && text.from !== '' && text.to !== '')
  )
  const routes = await findRoutes(database, tx, usable)

  const inserted = await database.insert<{ uuid: string; message_sid: string }>(
    tx.sql,
    'messages',
    messageColumns,
    usable.map((text, place) => asRow(text, routes.get(place), now)),
    sql`on conflict (message_sid) where message_sid is not null do nothing returning uuid, message_sid`
  )
  const fresh = new Set(inserted.map(row => row.message_sid))
  const arrived = usable.filter(text => fresh.has(text.sid))

  const changes = await optOutChanges(database, tx, arrived, mailbox.optOutClass)
  await recordOptOuts(database, tx, changes.out)
  await recordOptIns(database, tx, changes.in)

  const { rows } = await sql<MessageRow>`
    select ${messageFields} ${fromMessages}
    where m.uuid in (select r.uuid from ${database.rows(inserted, { uuid: 'uuid' })}) order by m.id`.execute(
    tx.sql
  )
  await emitEvents(deps, tx, await mailbox.tell(deps, tx, rows), now)

  return new Map(texts.map(text => [text.callback.id, outcomeOf(text, rows)]))
}

function outcomeOf(text: InboundText, rows: readonly MessageRow[]): string {
  if (text.sid === '') return 'not_understood'
  const row = rows.find(candidate => candidate.message_sid === text.sid)
  if (!row) return 'repeated'
  return row.bearer_id === null ? 'unroutable' : 'received'
}

function readText(callback: StoredCallback): InboundText {
  const field = (name: string): string => storable(callback.form.get(name) ?? '')
  const mediaCount = Math.min(Math.max(Math.trunc(Number(field('NumMedia'))) || 0, 0), 10)
  const mediaUrls = Array.from({ length: mediaCount }, (_, place) => field(`MediaUrl${place}`))
  return {
    callback,
    sid: field('MessageSid'),
    from: field('From'),
    to: field('To'),
    body: field('Body'),
    mediaUrls: mediaUrls.filter(url => url !== ''),
    messagingServiceSid: field('MessagingServiceSid') || null
  }
}

/** A callback that came twice within one batch. */
function firstOfEachSid(texts: InboundText[]): InboundText[] {
  const seen = new Set<string>()
  return texts.filter(text => !seen.has(text.sid) && seen.add(text.sid))
}

/** The latest active pairing of each text's two numbers, or else the bearer of the number. */
async function findRoutes(
  database: Database,
  tx: Transaction,
  texts: readonly InboundText[]
): Promise<Map<number, Route>> {
  const list = texts.map((text, place) => ({ place, participant: text.from, provider: text.to }))
  const { rows } = await sql<Route>`
    select r.place,
      coalesce(p.bearer_id, s.bearer_id) as bearer_id,
      c.id as conversation_id,
      c.callback_url,
      s.global_customer_id
    from ${database.rows(list, { place: 'integer', participant: 'text', provider: 'text' })}
    left join participants p on p.id = (
      select latest.id from participants latest
      where latest.provider_number = r.provider and latest.participant_number = r.participant
        and latest.pairing_deactivated_at is null
      order by latest.last_active_at desc, latest.id desc limit 1
    )
    left join conversations c on c.id = p.conversation_id
    left join provider_numbers n on n.number = r.provider
    left join messaging_services s on s.id = n.messaging_service_id`.execute(tx.sql)
  return new Map(rows.map(row => [row.place, row]))
}

function asRow(text: InboundText, route: Route | undefined, now: number): object {
  const { count, encoding } = countSegments(text.body)
  const isMms = text.mediaUrls.length > 0
  return {
    uuid: newUuid(now),
    bearer_id: route?.bearer_id ?? null,
    conversation_id: route?.conversation_id ?? null,
    direction: 'inbound',
    sender_number: text.from,
    receiver_number: text.to,
    message_body: text.body,
    media_urls: JSON.stringify(text.mediaUrls),
    media_file_urls: '[]',
    message_type: isMms ? 'mms' : 'sms',
    priority: 'normal',
    provider: 'twilio',
    provider_status: 'received',
    internal_status: inboundStatus,
    message_sid: text.sid,
    messaging_service_sid: text.messagingServiceSid,
    global_customer_id: route?.global_customer_id ?? null,
    callback_url: route?.callback_url ?? null,
    num_segments: isMms ? 1 : count,
    encoding,
    send_at: null,
    created_at: now,
    updated_at: now
  }
}

/** Who said STOP, and who START; a person's last word counts. */
async function optOutChanges(
  database: Database,
  tx: Transaction,
  texts: readonly InboundText[],
  optOutClass: OptOutClass
): Promise<{ out: OptOutChange[]; in: OptOutChange[] }> {
  const spoken = texts.flatMap(text => {
    const keyword = keywordOf(text.body)
    return keyword && keyword.action !== 'help' ? [{ text, keyword }] : []
  })
  if (spoken.length === 0) return { out: [], in: [] }
  const keys = await senderKeysOf(
    database,
    tx.sql,
    spoken.map(({ text }) => text.to)
  )
  const last = new Map(
    spoken.map(({ text, keyword }) => {
      const senderKey = keys.get(text.to) ?? text.to
      const change: OptOutChange = {
        recipient: text.from,
        senderKey,
        class: optOutClass,
        keyword: keyword.keyword,
        at: text.callback.receivedAt
      }
      return [`${text.from} ${senderKey}`, { change, action: keyword.action }]
    })
  )
  // In one order, so that two transactions never wait for each other's rows.
  const changes = [...last].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change)
  return {
    out: changes.filter(({ action }) => action === 'opt_out').map(({ change }) => change),
    in: changes.filter(({ action }) => action === 'opt_in').map(({ change }) => change)
  }
}

/** That a text arrived. */
export function arrivalNews(row: MessageRow): News[] {
  const type =
    row.message_type === 'mms' ? 'messages.message.inbound_mms' : 'messages.message.inbound_sms'
  return messageNews(row, type, row.internal_status)
}

/** That a text arrived, and that it was a STOP. */
function inboundNews(row: MessageRow): News[] {
  const keyword = keywordOf(row.message_body)
  if (keyword?.action !== 'opt_out') return arrivalNews(row)
  return [
    ...arrivalNews(row),
    ...messageNews(row, 'messages.message.opt_out', keyword.keyword, { keyword: keyword.keyword })
  ]
}
