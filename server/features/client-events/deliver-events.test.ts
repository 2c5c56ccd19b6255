import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { parseSchedule } from '../../config.ts'
import { build, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { inboundForm, callback } from '../../testing/messages.ts'

const schedule = '5s,30s,2m,10m,30m,1h,2h,4h,8h,8h'

/** Somebody writes, which is one event of one resource. */
async function anEvent(server: TestServer, sid = 'SM1'): Promise<void> {
  await callback(server, '/twilio_requests/inbound', inboundForm({ MessageSid: sid }))
  await server.idle()
}

const webhooks = async (server: TestServer, query = '') =>
  (await server.request('GET', `/admin/webhooks${query}`)).body

async function details(server: TestServer, place = 0) {
  const list = await webhooks(server)
  return (await server.request('GET', `/admin/webhooks/${list[place].id}`)).body
}

/** Moves time to the next attempt of the newest event. */
async function toNextAttempt(server: TestServer): Promise<number> {
  const { next_attempt_at: at } = await details(server)
  const waitMs = Date.parse(at) - server.clock.now()
  await server.advance(waitMs)
  return waitMs
}

onEachDatabase(dialect => {
  test('an event is delivered once, authentic, and kept with its attempt', async t => {
    const server = await build(t, dialect)

    await anEvent(server)
    await server.advance('1 h')

    const [event] = server.clientApp.events
    assert.deepEqual([server.clientApp.events.length, event?.authentic], [1, true])
    const { status, attempts, attempt_log: log, payload, event_id: id } = await details(server)
    assert.deepEqual([status, attempts, id], ['delivered', 1, event?.eventId])
    assert.deepEqual(payload, event?.payload)
    assert.deepEqual([log.length, log[0].status_code, log[0].error], [1, 204, null])
  })

  test('a failing event is retried by the schedule, within 20 %, under one id, and then it is dead', async t => {
    const server = await build(t, dialect, {
      environment: { CLIENT_EVENT_RETRY_SCHEDULE: schedule }
    })
    server.clientApp.answerWith(500)
    await anEvent(server)
    const waits: number[] = []

    for (let attempt = 1; attempt <= parseSchedule(schedule).length; attempt++)
      waits.push(await toNextAttempt(server))
    await server.advance('1 h')

    for (const [place, waitMs] of parseSchedule(schedule).entries()) {
      const wait = waits[place] ?? 0
      assert.ok(
        wait >= waitMs * 0.8 && wait <= waitMs * 1.2,
        `wait ${place + 1}: ${wait} ms for ${waitMs} ms`
      )
    }
    assert.equal(server.clientApp.events.length, 11)
    assert.equal(new Set(server.clientApp.events.map(event => event.eventId)).size, 1)
    const event = await details(server)
    assert.deepEqual([event.status, event.attempts, event.next_attempt_at], ['dead', 11, null])
    assert.deepEqual(
      event.attempt_log.map((attempt: { attempt: number; status_code: number }) => [
        attempt.attempt,
        attempt.status_code
      ]),
      Array.from({ length: 11 }, (_, place) => [place + 1, 500])
    )
    assert.equal((await webhooks(server, '?status=dead')).length, 1)
  })

  test('a client that comes back gets the event at the next attempt', async t => {
    const server = await build(t, dialect)
    server.clientApp.answerWith(503)
    await anEvent(server)

    server.clientApp.answerWith(undefined)
    await toNextAttempt(server)

    assert.equal((await details(server)).status, 'delivered')
    assert.equal(server.clientApp.events.length, 2)
  })

  test('Retry-After puts the next attempt off, and no longer than a day', async t => {
    const server = await build(t, dialect)
    server.clientApp.answerWith(503, { headers: { 'retry-after': '3600' } })
    await anEvent(server)

    const asked = await toNextAttempt(server)
    server.clientApp.answerWith(503, { headers: { 'retry-after': '9999999' } })
    const again = await toNextAttempt(server)
    const longest = await toNextAttempt(server)

    assert.deepEqual([asked, again, longest], [3_600_000, 3_600_000, 24 * 3_600_000])
  })

  test('410 Gone is the end at once', async t => {
    const server = await build(t, dialect)
    server.clientApp.answerWith(410)

    await anEvent(server)
    await server.advance('1 h')

    assert.equal((await details(server)).status, 'dead')
    assert.equal(server.clientApp.events.length, 1)
  })

  test('any other answer is retried, and no redirect is followed', async t => {
    const server = await build(t, dialect)
    const statuses = [301, 307, 400, 404, 429]

    for (const status of statuses) {
      server.clientApp.answerWith(status, { headers: { location: '/events?elsewhere' } })
      await anEvent(server, `SM ${status}`)
    }

    const events = await webhooks(server)
    assert.deepEqual(
      events.map((event: { status: string; attempts: number }) => [event.status, event.attempts]),
      statuses.map(() => ['pending', 1])
    )
    assert.equal(server.clientApp.events.length, statuses.length)
  })

  test('a client that does not answer in time is tried again', async t => {
    const server = await build(t, dialect, { environment: { CLIENT_EVENT_TIMEOUT_MS: '150' } })
    server.clientApp.answerWith(undefined, { delayMs: 1_000 })

    await anEvent(server)

    const event = await details(server)
    assert.deepEqual([event.status, event.attempt_log[0].status_code], ['pending', null])
    assert.match(event.attempt_log[0].error, /time/i)
  })

  for (const [name, answer] of [
    ['delivered', undefined],
    ['dead', 410]
  ] as const) {
    test(`a ${name} event is replayed under its id, with a schedule of its own`, async t => {
      const server = await build(t, dialect)
      server.clientApp.answerWith(answer)
      await anEvent(server)
      const [{ id }] = await webhooks(server)
      server.clientApp.answerWith(500)

      const replay = await server.request('POST', `/admin/webhooks/${id}/replay`)
      await server.idle()
      const whileFailing = await details(server)
      server.clientApp.answerWith(undefined)
      await toNextAttempt(server)

      assert.equal(replay.status, 202)
      assert.deepEqual([whileFailing.status, whileFailing.attempts], ['pending', 1])
      assert.equal((await details(server)).status, 'delivered')
      assert.equal(server.clientApp.events.length, 3)
      assert.equal(new Set(server.clientApp.events.map(event => event.eventId)).size, 1)
    })
  }

  test('an event that is still being delivered is not replayed', async t => {
    const server = await build(t, dialect)
    server.clientApp.answerWith(500)
    await anEvent(server)
    const [{ id }] = await webhooks(server)

    const replay = await server.request('POST', `/admin/webhooks/${id}/replay`)

    assert.equal(replay.status, 409)
  })

  test('events of one message keep their order while the first is failing, and other messages go ahead', async t => {
    const server = await build(t, dialect)
    const { body: stuck } = await server.sendMessage({ callback_url: 'http://127.0.0.1:9/' })
    const { body: other } = await server.sendMessage()

    await server.advance('10 min')
    const pending = await webhooks(server, '?status=pending')

    const about = (uuid: string) =>
      pending.filter((webhook: { resource_id: string }) => webhook.resource_id === uuid)
    assert.deepEqual(
      about(stuck.message_uuid).map((webhook: { attempts: number }) => webhook.attempts > 0),
      [false, true]
    )
    assert.deepEqual(about(other.message_uuid), [])
  })

  test('a replayed event does not wait for a later one of its message that is failing, nor hasten it', async t => {
    const server = await build(t, dialect)
    const { clientApp } = server
    clientApp.onEvent(
      ({ payload }) => payload['internal_status'] === 'sent' && clientApp.answerWith(500)
    )
    await server.sendMessage()
    await server.advance('1 min')
    const [later, first] = await webhooks(server)

    const replay = await server.request('POST', `/admin/webhooks/${first.id}/replay`)
    await server.idle()

    assert.deepEqual([first.status, later.status, replay.status], ['delivered', 'pending', 202])
    const [laterNow, firstNow] = await webhooks(server)
    assert.equal(firstNow.attempts, 1)
    assert.deepEqual(
      [laterNow.attempts, laterNow.next_attempt_at],
      [later.attempts, later.next_attempt_at]
    )
  })

  test('an endpoint that fails again and again is spared, then tried once, and trusted again; others notice nothing', async t => {
    const server = await build(t, dialect)
    const otherUrl = `${server.clientApp.app.listeningOrigin}/events?other`
    server.clientApp.answerWith(500)
    for (let event = 0; event < 5; event++) await anEvent(server, `SM fails ${event}`)
    const whenOpened = server.clientApp.events.length

    await anEvent(server, 'SM spared')
    const whileOpen = server.clientApp.events.length
    await server.sendMessage({ callback_url: otherUrl })
    await server.advance('4 s')
    const others = (await webhooks(server)).filter(
      (webhook: { callback_url: string }) => webhook.callback_url === otherUrl
    )
    server.clientApp.answerWith(undefined)
    await server.advance('30 min')

    assert.deepEqual([whenOpened, whileOpen], [5, 5])
    assert.ok(others.some((webhook: { attempts: number }) => webhook.attempts > 0))
    assert.deepEqual(await webhooks(server, '?status=pending'), [])
    assert.deepEqual(await webhooks(server, '?status=dead'), [])
  })

  test('the first 2 KB of each answer are kept', async t => {
    const server = await build(t, dialect)
    server.clientApp.answerWith(500)

    await anEvent(server)

    const { attempt_log: log } = await details(server)
    assert.equal(log[0].response, '{"answered":500}')
  })

  test('unless it is allowed, no event goes to an address of our own network, and the reason is kept', async t => {
    const server = await build(t, dialect, { environment: { ALLOW_PRIVATE_CALLBACKS: 'false' } })

    await anEvent(server)

    const { attempt_log: log } = await details(server)
    assert.match(log[0].error, /127\.0\.0\.1 is not public/)
    assert.equal(server.clientApp.events.length, 0)
  })

  test('an event of a bearer that has no callback URL is dead, with the reason', async t => {
    const server = await build(t, dialect)
    await sql`update bearers set callback_url = null`.execute(server.deps.database.sql)

    await anEvent(server)

    const { status, attempt_log: log } = await details(server)
    assert.equal(status, 'dead')
    assert.match(log[0].error, /no callback URL/)
  })
})
