import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { newMessage } from '../../../mock-twilio/carrier/new-message.ts'
import { startWorkers } from '../../app.ts'
import {
  build,
  firstNumber,
  onEachDatabase,
  secondNumber,
  type TestServer
} from '../../testing/build.ts'
import { read, statusesTold, textsAtProvider } from '../../testing/messages.ts'
import type { TwilioGateway } from '../../providers/twilio/gateway.ts'
import { newUuid } from '../../platform/ids.ts'
import { messageColumns } from './message-row.ts'

const seeded =
  process.env['TEST_SEED'] === undefined ? {} : { seed: Number(process.env['TEST_SEED']) }

onEachDatabase(dialect => {
  /** `TEST_MESSAGES` makes the night longer. */
  const night = Number(process.env['TEST_MESSAGES'] ?? (dialect === 'sqlite' ? 5_000 : 1_000))

  test(`of ${night} texts sent around midnight those that fell silent are found in few requests`, async t => {
    const server = await build(t, dialect)
    // 29 s before the day of UTC ends: some of them are of another day.
    const begin = Date.UTC(2026, 10, 22, 23, 59, 31)
    const silent = await sendThroughTheNight(server, begin, night)

    await server.advance('6 min')

    const { lists, singles } = questions(server)
    const { sentLater, waiting, delivered } = silent
    assert.ok(lists <= night / 200, `${lists} lists`)
    assert.equal(singles, sentLater + waiting)
    assert.deepEqual(await countStatuses(server), {
      delivered: night - waiting,
      sending: waiting
    })
    assert.equal(statusesTold(server).length, delivered + sentLater)
    await server.advance('20 min')
    assert.deepEqual(questions(server), { lists, singles }, 'nobody is asked after twice')
  })

  test('few silent messages are asked after one by one, and one heard of meanwhile is not', async t => {
    const server = await build(t, dialect, { environment: { STATUS_LIST_ABOVE: '2' } })
    const { faults } = server.mock.world()
    faults.add({ effect: { type: 'callback', fault: 'drop' }, count: 4 })

    await server.sendMessage({ sender_number: firstNumber })
    await server.sendMessage({ sender_number: secondNumber })
    await server.advance('1 min')
    await server.sendMessage()
    await server.advance('16 min')

    assert.deepEqual(questions(server), { lists: 0, singles: 2 })
    assert.equal(statusesTold(server).filter(status => status === 'delivered').length, 3)
  })

  test('a provider that answers no question is asked seldom, and all is settled when it does again', async t => {
    const server = await build(t, dialect, { environment: { STATUS_LIST_ABOVE: '10' } })
    const { faults } = server.mock.world()
    faults.add({ effect: { type: 'callback', fault: 'drop' } })
    const messages = []
    for (let place = 0; place < 20; place++)
      messages.push((await server.sendMessage(aText(place))).body)
    const away = ['list-messages', 'fetch-message'].map(operation =>
      faults.add({ match: { operation }, effect: { type: 'http', status: 429 } })
    )

    await server.advance('20 min')
    const asked = away.reduce((sum, { matched }) => sum + matched, 0)
    for (const { id } of away) faults.remove(id)
    await server.advance('15 min')

    // Seven singles and a list each time, twelve times in half an hour.
    assert.ok(asked >= 16 && asked <= 12 * 8, `asked ${asked} times`)
    for (const message of messages)
      assert.equal((await read(server, message)).internal_status, 'delivered')
    assert.equal(statusesTold(server).length, messages.length)
  })

  test('whatever callbacks are lost and whenever a worker dies, each message ends as it truly did', async t => {
    const server = await build(t, dialect, {
      workers: false,
      environment: { STATUS_LIST_ABOVE: '4', SHUTDOWN_GRACE_MS: '0' }
    })
    const trouble = fc.record({
      lost: fc.constantFrom(0.2, 0.6, 1),
      undelivered: fc.constantFrom(0, 0.3),
      unanswered: fc.constantFrom(0, 0.3),
      status: fc.constantFrom(429, 500),
      // Of its questions to the provider.
      diesAt: fc.integer({ min: 1, max: 14 })
    })
    await fc.assert(
      fc.asyncProperty(trouble, async chosen => {
        await liveThrough(server, chosen)
      }),
      { numRuns: Number(process.env['TEST_RUNS'] ?? (dialect === 'sqlite' ? 3 : 2)), ...seeded }
    )
  })
})

const aText = (place: number) => ({
  sender_number: place % 3 === 0 ? secondNumber : firstNumber,
  receiver_number: `+1601555${String(2_000 + place)}`,
  message_body: `Text ${place}`
})

/** What the provider was asked, by how. */
function questions({ mock }: TestServer): { lists: number; singles: number } {
  const count = (operation: string): number =>
    mock.world().journal.list({ match: { kind: 'request', operation }, limit: 100_000 }).length
  return { lists: count('list-messages'), singles: count('fetch-message') }
}

async function countStatuses({ deps }: TestServer): Promise<Record<string, number>> {
  const { sql } = await import('kysely')
  const { rows } = await sql<{ status: string; count: number }>`
    select internal_status as status, count(*) as count from messages group by internal_status`.execute(
    deps.database.sql
  )
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]))
}

/**
 * Texts that went out twelve hours ago, a hundred a second, as both parties have them. Of every ten the callbacks of three
 * are lost; of those a few left the provider late, and a few wait there still.
 */
async function sendThroughTheNight(
  server: TestServer,
  begin: number,
  night: number
): Promise<{ delivered: number; sentLater: number; waiting: number }> {
  const { database } = server.deps
  const world = server.mock.world()
  const counts = { delivered: 0, sentLater: 0, waiting: 0 }
  const rows = Array.from({ length: night }, (_, place) => {
    const calledAt = begin + place * 10
    const isSilent = place % 10 >= 7
    const fate = !isSilent
      ? 'known'
      : place % 500 === 8
        ? 'sentLater'
        : place % 500 === 9
          ? 'waiting'
          : 'delivered'
    const text = newMessage(world, {
      direction: 'outbound-api',
      status: fate === 'waiting' ? 'queued' : 'delivered',
      to: `+1601${String(3_000_000 + place)}`,
      from: firstNumber,
      body: 'Good night.'
    })
    if (fate !== 'waiting') text.dateSent = calledAt + (fate === 'sentLater' ? 3_600_000 : 900)
    if (fate !== 'known') counts[fate]++
    return {
      uuid: newUuid(calledAt),
      bearer_id: 1,
      direction: 'outbound',
      sender_number: firstNumber,
      receiver_number: text.to,
      message_body: text.body,
      media_urls: '[]',
      media_file_urls: '[]',
      message_type: 'sms',
      priority: 'normal',
      provider: 'twilio',
      provider_status: isSilent ? 'queued' : 'delivered',
      internal_status: isSilent ? 'sending' : 'delivered',
      message_sid: text.sid,
      num_segments: 1,
      encoding: 'GSM-7',
      created_at: calledAt,
      updated_at: calledAt,
      provider_call_at: calledAt
    }
  })
  await database.insert(
    database.sql,
    'messages',
    { ...messageColumns, provider_call_at: 'bigint' },
    rows
  )
  return counts
}

interface Trouble {
  lost: number
  undelivered: number
  unanswered: number
  status: number
  diesAt: number
}

/** Texts, the loss of callbacks and answers, a worker that dies while it asks, and one that goes on. */
async function liveThrough(server: TestServer, trouble: Trouble): Promise<void> {
  const { clock, deps, mock } = server
  const world = mock.world()
  const before = textsAtProvider(server).length
  const toldBefore = server.clientApp.events.length
  world.faults.add({
    effect: { type: 'callback', fault: 'drop' },
    probability: trouble.lost
  })
  if (trouble.undelivered > 0)
    world.faults.add({
      effect: { type: 'outcome', status: 'undelivered', error_code: 30003 },
      probability: trouble.undelivered
    })
  for (const operation of ['list-messages', 'fetch-message'])
    if (trouble.unanswered > 0)
      world.faults.add({
        match: { operation },
        effect: { type: 'http', status: trouble.status },
        probability: trouble.unanswered
      })

  const mortal = dyingGateway(deps.twilio, trouble.diesAt)
  const first = startWorkers({ ...deps, twilio: mortal.gateway })
  for (let place = 0; place < 24; place++) await server.sendMessage(aText(place))
  const passing = clock.advance('30 min')
  await Promise.race([passing, mortal.died])
  await first.stop()
  const second = startWorkers(deps)
  await passing
  await clock.advance('70 min')
  await server.idle()
  await second.stop()
  world.faults.clear()

  const texts = textsAtProvider(server).slice(before)
  assert.equal(texts.length, 24)
  const finals = server.clientApp.events
    .slice(toldBefore)
    .filter(({ payload }) => payload['internal_status'] !== 'sent')
  for (const text of texts) {
    const told = finals.filter(({ payload }) => payload['message_sid'] === text.sid)
    const ids = new Set(told.map(({ eventId }) => eventId))
    assert.equal(ids.size, 1, `${text.sid} has one final event`)
    assert.equal(told[0]?.payload['internal_status'], text.status)
    const uuid = String(told[0]?.payload['message_uuid'])
    assert.equal((await read(server, { message_uuid: uuid })).internal_status, text.status)
  }
}

/** A provider that answers so many questions about messages; from the next on nothing comes of them. */
function dyingGateway(
  gateway: TwilioGateway,
  diesAt: number
): { gateway: TwilioGateway; died: Promise<void> } {
  const { promise: died, resolve: die } = Promise.withResolvers<void>()
  const never = new Promise<never>(() => undefined)
  let asked = 0
  const isDead = (): boolean => {
    if (++asked >= diesAt) die()
    return asked >= diesAt
  }
  return {
    died,
    gateway: {
      ...gateway,
      fetchStatus: sid => (isDead() ? never : gateway.fetchStatus(sid)),
      async *textsSentFrom(number, since, until) {
        for await (const page of gateway.textsSentFrom(number, since, until))
          yield isDead() ? await never : page
      }
    }
  }
}
