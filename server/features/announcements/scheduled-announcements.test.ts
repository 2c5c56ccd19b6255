import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { startWorkers } from '../../app.ts'
import {
  anAnnouncementPool,
  announce,
  arrivals,
  families,
  family,
  mostInASecond,
  readAnnouncement,
  receiversOf
} from '../../testing/announcements.ts'
import { anotherProcess } from '../../testing/another-process.ts'
import { build, onEachDatabase, startOfTest, type TestServer } from '../../testing/build.ts'
import { textsAtProvider } from '../../testing/messages.ts'

const minuteMs = 60_000
const at = (ms: number): string => new Date(startOfTest + ms).toISOString()

/** How long after the begin of the test the last text reached the provider. */
const lastArrival = (server: TestServer): number =>
  Math.max(...[...arrivals(server).values()].flat()) - startOfTest

const seeded =
  process.env['TEST_SEED'] === undefined ? {} : { seed: Number(process.env['TEST_SEED']) }

onEachDatabase(dialect => {
  test('an announcement for tomorrow holds up none that goes out now', async t => {
    const server = await build(t, dialect)
    const [number = ''] = await anAnnouncementPool(server, [10])
    const tomorrow = '2026-11-24T08:00:00Z'
    await announce(server, { recipients: families(1_000), send_at: tomorrow })
    await server.idle()

    const second = { client_announcement_id: 'bus', recipients: families(30) }
    const estimate = await announce(server, second, '?dry_run=true')
    await announce(server, second)
    await server.advance('4 s')

    assert.deepEqual(receiversOf(server), families(30))
    assert.ok(mostInASecond(arrivals(server).get(number) ?? []) <= 10)
    const predicted = Date.parse(estimate.body.finishes_at) - startOfTest
    assert.ok(Math.abs(lastArrival(server) - predicted) / predicted < 0.05, `${predicted}`)
    const { counts, ledger, messages } = await readAnnouncement(server)
    assert.deepEqual([counts, ledger.pending], [{ scheduled: 1_000 }, 1_000])
    assert.equal(messages[0].provider_number, number)
  })

  test('two announcements for one time keep to the rate, and end when it was predicted', async t => {
    const server = await build(t, dialect)
    const [slow = '', fast = ''] = await anAnnouncementPool(server, [2, 6])
    const sendAt = at(10 * minuteMs)
    const first = { recipients: families(20), send_at: sendAt }
    const second = {
      client_announcement_id: 'second',
      recipients: families(40).slice(20),
      send_at: sendAt
    }
    await announce(server, first)
    await server.idle()
    const estimate = await announce(server, second, '?dry_run=true')
    await announce(server, second)
    await inTwoProcesses(t, server)

    await server.advance(10 * minuteMs - 1)
    const early = receiversOf(server)
    await server.advance('10 s')

    assert.deepEqual(early, [])
    assert.deepEqual(receiversOf(server), families(40))
    const times = arrivals(server)
    assert.ok(mostInASecond(times.get(slow) ?? []) <= 2)
    assert.ok(mostInASecond(times.get(fast) ?? []) <= 6)
    const predicted = Date.parse(estimate.body.finishes_at) - Date.parse(sendAt)
    const took = lastArrival(server) - 10 * minuteMs
    assert.ok(Math.abs(took - predicted) / predicted < 0.05, `${took}, ${predicted}`)
  })

  test('what many are to hear at one time is planned in pages, each once', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [1])
    const sendAt = at(minuteMs)
    const second = { client_announcement_id: 'second', recipients: [family(9_999)] }
    await announce(server, { recipients: families(2_300), send_at: sendAt })
    await announce(server, { ...second, send_at: sendAt })
    await server.idle()

    const estimate = await announce(server, { ...second, send_at: sendAt }, '?dry_run=true')
    await server.advance(minuteMs)
    await server.advance('1 s')

    assert.ok(textsAtProvider(server).length <= 2)
    assert.deepEqual((await readAnnouncement(server)).counts.scheduled, undefined)
    const { messages } = await readAnnouncement(server, 'second')
    assert.equal(messages[0].internal_status, 'queued')
    // Behind one page of the other announcement, not behind all of it.
    const predicted = Date.parse(estimate.body.finishes_at) - Date.parse(sendAt)
    assert.ok(Math.abs(predicted - 1_001_000) < 2_000, `${predicted}`)
  })

  test('whoever is added to a scheduled announcement waits for its time, or is texted when it is over', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [100])
    await announce(server, { recipients: [family(1)], send_at: at(10 * minuteMs) })
    await server.advance(minuteMs)

    await announce(server, { recipients: [family(2)] })
    await announce(server, { recipients: [family(3)], send_at: at(5 * minuteMs) })
    await server.advance(minuteMs)
    const soon = receiversOf(server)
    await server.advance(4 * minuteMs)
    const atItsOwnTime = receiversOf(server)
    await server.advance(5 * minuteMs)
    await announce(server, { recipients: [family(4)] })
    await server.advance(minuteMs)

    assert.deepEqual([soon, atItsOwnTime], [[], [family(3)]])
    assert.deepEqual(receiversOf(server), [1, 2, 3, 4].map(family))
  })

  test('nobody is texted by an announcement that is canceled before its time, and all are told of', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [100])
    await announce(server, { recipients: families(5), send_at: at(10 * minuteMs) })
    await server.advance(minuteMs)

    await server.request('POST', '/announcements/snow-day/cancel')
    await server.advance(20 * minuteMs)

    assert.deepEqual(receiversOf(server), [])
    assert.deepEqual((await readAnnouncement(server)).counts, { canceled: 5 })
    const told = server.clientApp.events.filter(
      ({ payload }) => payload['internal_status'] === 'canceled'
    )
    assert.equal(told.length, 5)
  })

  test('whatever is paused, resumed, added and canceled around its time, each is texted once and then', async t => {
    const server = await build(t, dialect)
    await anAnnouncementPool(server, [10, 10])
    let runs = 0
    const step = fc.record({
      deed: fc.constantFrom('pause', 'resume', 'add', 'cancel', 'wait'),
      // At the very moment, just before, just after, and anywhere; a lane looks every 20 ms.
      waitMs: fc
        .oneof(fc.constantFrom(0, 1, 999, 1_000), fc.integer({ min: 0, max: 1_500 }))
        .map(turns => turns * 20)
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async steps => {
        await playThrough(server, `run ${runs++}`, steps)
      }),
      { numRuns: Number(process.env['TEST_RUNS'] ?? (dialect === 'sqlite' ? 6 : 3)), ...seeded }
    )
  })
})

/** Its texts are planned and sent by two processes, where the database allows that. */
async function inTwoProcesses(t: TestContext, server: TestServer): Promise<void> {
  if (server.deps.database.dialect !== 'postgresql') return
  const other = await anotherProcess(server)
  const workers = startWorkers(other.deps)
  t.after(async () => {
    await workers.stop()
    await other[Symbol.asyncDispose]()
  })
}

let lastFamily = 0

/** Does it, and holds what the provider got against what was asked for. */
async function playThrough(
  server: TestServer,
  id: string,
  steps: readonly { deed: string; waitMs: number }[]
): Promise<void> {
  const path = `/announcements/${encodeURIComponent(id)}`
  const begin = server.clock.now()
  const sendAt = begin + 20_000
  const named: string[] = []
  const pauses: { from: number; until: number }[] = []
  let state = 'active'
  let canceledAt = Number.POSITIVE_INFINITY

  const add = async () => {
    const recipients = Array.from({ length: 3 }, () => `+1601${String(7_000_000 + lastFamily++)}`)
    const isAhead = server.clock.now() < sendAt
    const { status } = await announce(server, {
      client_announcement_id: id,
      recipients,
      ...(isAhead && { send_at: new Date(sendAt).toISOString() })
    })
    assert.equal(status, state === 'canceled' ? 409 : 202)
    if (status === 202) named.push(...recipients)
    await server.idle()
  }
  const change = async (deed: 'pause' | 'resume' | 'cancel', to: string) => {
    const { status } = await server.request('POST', `${path}/${deed}`)
    assert.equal(status, state === 'canceled' && deed !== 'cancel' ? 409 : 200)
    if (status !== 200 || state === to) return
    const now = server.clock.now()
    const [last] = pauses.slice(-1)
    if (state === 'paused' && last) last.until = now
    if (to === 'paused') pauses.push({ from: now, until: Number.POSITIVE_INFINITY })
    if (to === 'canceled') canceledAt = now
    state = to
    await server.idle()
  }

  await add()
  for (const { deed, waitMs } of steps) {
    await server.advance(waitMs)
    if (deed === 'add') await add()
    if (deed === 'pause') await change('pause', 'paused')
    if (deed === 'resume') await change('resume', 'active')
    if (deed === 'cancel') await change('cancel', 'canceled')
  }
  await server.advance(sendAt - Math.min(sendAt, server.clock.now()))
  if (state === 'paused') await change('resume', 'active')
  await server.advance('1 min')

  const ours = new Set(named)
  const created = server.mock
    .world()
    .journal.list({ match: { kind: 'message.created', direction: 'outbound-api' }, limit: 100_000 })
    .filter(({ to }) => ours.has(String(to)))
  assert.equal(new Set(created.map(({ to }) => to)).size, created.length, 'somebody got it twice')
  for (const { at: time, to } of created) {
    assert.ok(time >= sendAt, `${String(to)} got it ${sendAt - time} ms too early`)
    assert.ok(time <= canceledAt, `${String(to)} got it after it was canceled`)
    for (const { from, until } of pauses)
      assert.ok(time <= from || time >= until, `${String(to)} got it while it was paused`)
  }
  const { ledger } = await readAnnouncement(server, encodeURIComponent(id))
  assert.deepEqual(
    [ledger.accepted, ledger.sent, ledger.sent + ledger.canceled, ledger.pending],
    [named.length, created.length, named.length, 0]
  )
  if (state !== 'canceled') assert.equal(created.length, named.length)
}
