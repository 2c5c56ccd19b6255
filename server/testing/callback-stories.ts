import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import {
  fromMessages,
  messageFields,
  type MessageRow,
  presentMessage
} from '../features/messages/message-row.ts'
import { development } from '../seed.ts'
import { startOfTest, type TestServer, until } from './build.ts'
import { type MessageHistory, messageHistories } from './message-histories.ts'
import { signedCallback } from './messages.ts'

/*
 * Many messages at once, each with its own history and its own order of arrivals: how they are sent, how their
 * callbacks are made, and what must have become of them. What is expected is worked out from the history alone,
 * not from the server's table of statuses.
 */

/** Something that reaches us about a message: one of its callbacks, or the answer to its create request. */
export interface Arrival {
  /** Which message of the story. */
  of: number
  /** A status, or `answer`. */
  word: string
}

/** Messages that belong together, and in what order the news of them arrives. */
export interface Story {
  histories: readonly MessageHistory[]
  arrivals: readonly Arrival[]
}

/** A message on its way. */
export interface Text {
  body: string
  uuid: string
  sid: string
  history: MessageHistory
}

/** A story whose messages the provider has. */
export interface Told {
  story: Story
  texts: readonly Text[]
}

/** The answer to the create request, among the arrivals. */
export const answer = 'answer'

export const storyOf = (history: MessageHistory, words: readonly string[]): Story => ({
  histories: [history],
  arrivals: words.map(word => ({ of: 0, word }))
})

/** The arrivals in words, for the message of a failure. */
const spelled = ({ histories, arrivals }: Story): string =>
  `${histories.map(history => history.statuses.join(' → ')).join(' | ')}, arriving as ${arrivals
    .map(({ of, word }) => (histories.length > 1 ? `${of}:${word}` : word))
    .join(', ')}`

/** Requests the messages of the stories. Those of one story are one conversation's, with the same words. */
export async function request(server: TestServer, stories: readonly Story[]): Promise<Told[]> {
  const batch = randomUUID()
  return Promise.all(
    stories.map(async (story, place) => {
      const body = `${batch} ${place}`
      const texts = story.histories.map(async history => {
        const answered = await server.sendMessage({
          message_body: body,
          ...(story.histories.length > 1 && { client_conversation_id: body }),
          ...(history.created === 'accepted' && {
            messaging_service_sid: development.messagingServiceSid
          }),
          ...(history.isScheduled && { send_at: new Date(startOfTest + hourMs).toISOString() })
        })
        assert.equal(answered.status, 201, JSON.stringify(answered.body))
        return { body, uuid: String(answered.body.message_uuid), sid: '', history }
      })
      return { story, texts: await Promise.all(texts) }
    })
  )
}

const hourMs = 3_600_000

/** Fills in the SIDs, as the provider has them. */
export function findSids({ mock }: TestServer, told: readonly Told[]): void {
  const world = mock.world()
  const sids = new Map<string, string>()
  for (const entry of world.journal.list({
    match: { kind: 'message.created', direction: 'outbound-api' },
    limit: 100_000
  })) {
    const message = world.messages.find(String(entry['sid']))
    const uuid = message?.statusCallback?.split('message_uuid=')[1]
    if (!message || uuid === undefined) continue
    assert.ok(!sids.has(uuid), `the provider has ${uuid} twice`)
    sids.set(uuid, message.sid)
  }
  for (const text of told.flatMap(({ texts }) => texts)) {
    const sid = sids.get(text.uuid)
    assert.ok(sid !== undefined, `the provider does not have ${text.uuid}`)
    text.sid = sid
  }
}

/** Requests the messages, and has them sent and answered. */
export async function send(server: TestServer, stories: readonly Story[]): Promise<Told[]> {
  const told = await request(server, stories)
  const scheduled = told.flatMap(({ texts }) => texts).filter(({ history }) => history.isScheduled)
  await untilLeft(server, scheduled.length)
  if (scheduled.length > 0) await server.clock.advance(hourMs)
  await untilLeft(server, 0)
  findSids(server, told)
  return told
}

type Route = 'inject' | 'sockets'

/** Has the arrival reach the server. Equal ones are repeats: of the same request at first, then of another. */
export async function deliver(
  server: TestServer,
  { story, texts }: Told,
  place: number,
  route: Route = 'inject'
): Promise<void> {
  const arrival = story.arrivals[place]
  const text = arrival && texts[arrival.of]
  assert.ok(arrival && text)
  const copies = story.arrivals
    .slice(0, place)
    .filter(({ of, word }) => of === arrival.of && word === arrival.word).length
  const { url, headers, payload } = signedCallback(
    server,
    `/twilio_requests/webhook_message_updates?message_uuid=${text.uuid}`,
    formOf(server, text, arrival.word)
  )
  const all = {
    ...headers,
    'i-twilio-idempotency-token': createHash('sha256')
      .update(`${text.sid} ${arrival.word} ${copies === 2 ? 'another' : ''}`)
      .digest('hex')
  }
  const status =
    route === 'inject'
      ? (await server.app.inject({ method: 'POST', url, headers: all, payload })).statusCode
      : (await fetch(server.url + url, { method: 'POST', headers: all, body: payload })).status
  assert.equal(status, 204)
}

/** https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks */
function formOf(
  { deps }: TestServer,
  { sid, history }: Text,
  status: string
): Record<string, string> {
  const isDelivery = status === 'delivered' || status === 'undelivered'
  return {
    SmsSid: sid,
    SmsStatus: status,
    MessageStatus: status,
    To: development.parentNumber,
    From: development.numbers[0].number,
    MessageSid: sid,
    AccountSid: deps.config.TWILIO_ACCOUNT_SID,
    ApiVersion: '2010-04-01',
    ...(history.created === 'accepted' && {
      MessagingServiceSid: development.messagingServiceSid
    }),
    ...(isDelivery && { RawDlrDoneDate: '2611231201' }),
    ...(status === 'read' && { EventType: 'READ' }),
    ...(history.errorCode !== null &&
      status === history.statuses.at(-1) && { ErrorCode: history.errorCode })
  }
}

/** Resolves when the lanes have nothing left but so many entries, however long that takes while work gets done. */
export async function untilLeft({ deps, clientApp }: TestServer, count: number): Promise<void> {
  for (let latest = ''; ;) {
    const isMoving = async (): Promise<boolean> => {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from lane_entries
        where lane not in ('message-checks', 'messaging-services.synchronization')`.execute(
        deps.database.sql
      )
      const left = Number(rows[0]?.count)
      const progress = left === count ? 'done' : `${left} ${clientApp.arrived()}`
      if (progress === latest) return false
      latest = progress
      return true
    }
    await until(`the lanes to have ${count} entries, not ${latest}`, isMoving, 30_000)
    if (latest === 'done') return
  }
}

/** The provider's word in ours. */
const clientWord = (status: string): string => (status === 'read' ? 'delivered' : status)
/** What concerns only the provider and us. */
const isSilent = (status: string): boolean => ['queued', 'sending'].includes(status)

/** The statuses that the client hears of when the words arrive in this order: of each that is news. */
function expectedNews(history: MessageHistory, words: readonly string[]): string[] {
  const news: string[] = []
  let furthest = -1
  for (const word of words) {
    const place = history.statuses.indexOf(word)
    if (place <= furthest) continue
    furthest = place
    const status = clientWord(word)
    if (!isSilent(word) && !news.includes(status)) news.push(status)
  }
  return news
}

interface Ends {
  /** The callbacks are processed one after another in the order of the story, or nobody knows in which. */
  processed: 'as told' | 'in any order'
}

interface StoredCallback {
  id: number
  query: string
  body: string
  outcome: string | null
  received_at: number
  processed_at: number | null
}

/**
 * Every message has come to its end, and its client was told each step that was news, once.
 *
 * @returns how many cases that were
 */
export async function assertEnds(
  server: TestServer,
  told: readonly Told[],
  { processed }: Ends
): Promise<string> {
  await untilLeft(server, 0)
  const { database } = server.deps
  const { rows: callbacks } = await sql<StoredCallback>`
    select id, query, body, outcome, received_at, processed_at from provider_callbacks order by id`.execute(
    database.sql
  )
  const { rows: attempts } = await sql<{ resource_id: string; status: string; attempts: number }>`
    select resource_id, status, attempts from client_events order by id`.execute(database.sql)
  const { rows: dead } = await sql`select id from dead_letters`.execute(database.sql)
  const byMessage = Map.groupBy(callbacks, ({ query }) => query.split('message_uuid=')[1] ?? '')
  const eventRows = Map.groupBy(attempts, row => row.resource_id)
  const events = Map.groupBy(server.clientApp.events, ({ payload }) =>
    String(payload['message_uuid'])
  )
  assert.deepEqual(dead, [])
  assert.equal(
    new Set(server.clientApp.events.map(({ eventId }) => eventId)).size,
    server.clientApp.events.length,
    'an event arrived twice'
  )

  const judged = told.flatMap(({ story, texts }) =>
    texts.map((text, of) => ({
      text,
      what: spelled(story),
      words: story.arrivals
        .filter(arrival => arrival.of === of && arrival.word !== answer)
        .map(({ word }) => word)
    }))
  )
  const { rows } = await sql<MessageRow>`select ${messageFields} ${fromMessages}`.execute(
    database.sql
  )
  const ends = new Map(rows.map(row => [row.uuid, presentMessage(row)]))
  const counts = { arrivals: 0, events: 0 }
  for (const { text, what, words } of judged) {
    const { history } = text
    const heard = byMessage.get(text.uuid) ?? []
    const stored = heard.map(({ body }) => new URLSearchParams(body).get('MessageStatus') ?? '')
    const payloads = (events.get(text.uuid) ?? []).map(({ payload }) => payload)
    const news = payloads.map(payload => String(payload['internal_status']))
    const last = history.statuses.at(-1) ?? ''
    const end = ends.get(text.uuid)
    assert.ok(end, what)

    // Every callback is kept as it came, and was looked into.
    if (processed === 'as told') assert.deepEqual(stored, words, what)
    else assert.deepEqual(stored.toSorted(), words.toSorted(), what)
    for (const callback of heard) {
      assert.ok((callback.processed_at ?? 0) >= callback.received_at, what)
      assert.ok(outcomes.has(callback.outcome ?? ''), `${callback.outcome}: ${what}`)
    }

    // The message is where its history ends.
    assert.deepEqual(
      {
        status: end.internal_status,
        providerStatus: end.provider_status,
        sid: end.message_sid,
        code: end.error_code,
        isDescribed: end.error_description !== null
      },
      {
        status: isSilent(last) ? 'sending' : clientWord(last),
        providerStatus: last,
        sid: text.sid,
        code: history.errorCode,
        isDescribed: history.errorCode !== null
      },
      what
    )

    // The client heard of each step once, forwards, and of the last one.
    if (processed === 'as told') assert.deepEqual(news, expectedNews(history, stored), what)
    assert.deepEqual(news, expectedNews(history, news), what)
    assert.equal(news.at(-1), isSilent(last) ? undefined : clientWord(last), what)
    assert.equal(heard.filter(({ outcome }) => outcome === 'moved').length, news.length, what)
    assert.deepEqual(
      (eventRows.get(text.uuid) ?? []).map(row => [row.status, row.attempts]),
      news.map(() => ['delivered', 1]),
      what
    )

    // Each event is the message at that moment; its time is not before that of what caused it.
    const firstHeardAt = heard[0]?.received_at ?? 0
    let latest = firstHeardAt
    for (const payload of payloads) {
      const isLast = payload['internal_status'] === clientWord(last)
      const at = Date.parse(String(payload['occurred_at']))
      assert.equal(payload['type'], 'messages.message.status_update', what)
      assert.equal(payload['error_code'], isLast ? history.errorCode : null, what)
      assert.equal(payload['message_sid'], text.sid, what)
      assert.equal(payload['created_at'], end.created_at, what)
      assert.equal(payload['updated_at'], payload['occurred_at'], what)
      assert.ok(at >= latest, what)
      latest = at
    }
    assert.ok(latest <= Date.parse(end.updated_at), what)
    assert.ok(Date.parse(end.updated_at) <= server.clock.now(), what)
    counts.arrivals += heard.length
    counts.events += payloads.length
  }
  assert.equal(counts.events, server.clientApp.events.length, 'events of nobody')
  assert.equal(counts.arrivals, callbacks.length, 'callbacks of nobody')
  const histories = new Set(
    told.map(({ story }) =>
      story.histories.map(history => messageHistories.indexOf(history)).join()
    )
  ).size
  return `${histories} histories, ${told.length} orders of arrival, ${counts.arrivals} callbacks, ${counts.events} events`
}

/** What may come of a callback for a message of ours. */
const outcomes = new Set(['moved', 'noted', 'identified', 'unchanged'])
