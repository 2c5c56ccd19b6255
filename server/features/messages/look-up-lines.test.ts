import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { startWorkers } from '../../app.ts'
import type { Dialect } from '../../platform/database.ts'
import {
  build,
  onEachDatabase,
  parentNumber,
  startOfTest,
  type TestServer
} from '../../testing/build.ts'

const landline = '+16015550149'

onEachDatabase(dialect => {
  test('a landline gets no text, and the client hears of it once', async t => {
    const server = await buildWithLookups(t, dialect)

    const { status, body: accepted } = await server.sendMessage({ receiver_number: landline })
    await server.advance('10 min')

    assert.deepEqual([status, accepted.internal_status], [201, 'accepted'])
    const message = await read(server, accepted)
    assert.deepEqual(
      [message.internal_status, message.message_sid, message.error_code],
      ['landline', null, null]
    )
    assert.equal(message.error_description, 'The number is a landline.')
    assert.deepEqual(told(server), [['messages.message.status_update', 'landline', null]])
    assert.deepEqual([lookupsOf(server, landline), sentTo(server, landline)], [1, 0])
  })

  test('what a lookup said of a landline is not asked again', async t => {
    const server = await buildWithLookups(t, dialect)
    await server.sendMessage({ receiver_number: landline })
    await server.advance('10 s')

    const { body: second } = await server.sendMessage({ receiver_number: landline })
    await server.advance('10 s')

    assert.equal((await read(server, second)).internal_status, 'landline')
    assert.deepEqual([lookupsOf(server, landline), sentTo(server, landline)], [1, 0])
  })

  test('a number that the provider does not find gets no text, and the client hears why', async t => {
    const server = await buildWithLookups(t, dialect)
    server.mock.world().lineTypes.set(parentNumber, 'not_found')

    const { body: accepted } = await server.sendMessage()
    await server.advance('10 min')

    const message = await read(server, accepted)
    assert.deepEqual(
      [message.internal_status, message.message_sid, message.error_code],
      ['lookup_failed', null, '20404']
    )
    assert.deepEqual(told(server), [['messages.message.status_update', 'lookup_failed', '20404']])
    assert.equal(sentTo(server, parentNumber), 0)
  })

  test('a number that could not be assigned to anybody is a failed lookup', async t => {
    const server = await buildWithLookups(t, dialect)
    const unassignable = '+15555550142'

    const { body: accepted } = await server.sendMessage({ receiver_number: unassignable })
    await server.advance('10 s')

    assert.equal((await read(server, accepted)).internal_status, 'lookup_failed')
    assert.deepEqual(told(server), [['messages.message.status_update', 'lookup_failed', '20404']])
    assert.equal(sentTo(server, unassignable), 0)
  })

  test('a line that the provider cannot name is a failed lookup', async t => {
    const server = await buildWithLookups(t, dialect)
    server.mock.world().lineTypes.set(parentNumber, 'unknown')

    const { body: accepted } = await server.sendMessage()
    await server.advance('10 s')

    assert.equal((await read(server, accepted)).internal_status, 'lookup_failed')
    assert.deepEqual(told(server), [['messages.message.status_update', 'lookup_failed', '60600']])
    assert.equal(sentTo(server, parentNumber), 0)
  })

  test('a mobile number is looked up before its first text and not again', async t => {
    const server = await buildWithLookups(t, dialect)

    const { body: first } = await server.sendMessage()
    await server.advance('10 s')
    const { body: second } = await server.sendMessage({ message_body: 'School is open again.' })
    await server.advance('10 s')

    assert.equal((await read(server, first)).internal_status, 'delivered')
    assert.equal((await read(server, second)).internal_status, 'delivered')
    assert.deepEqual([lookupsOf(server, parentNumber), sentTo(server, parentNumber)], [1, 2])
    const [lookup] = server.mock.world().journal.list({ match: { kind: 'lookup' } })
    const [created] = server.mock.world().journal.list({ match: { kind: 'message.created' } })
    assert.ok(lookup && created && lookup.seq < created.seq)
  })

  test('texts to one number that wait together are looked up once', async t => {
    const server = await buildWithLookups(t, dialect, { workers: false })
    for (let text = 1; text <= 3; text++) await server.sendMessage({ message_body: `Text ${text}` })

    await workOff(server)

    assert.deepEqual([lookupsOf(server, parentNumber), sentTo(server, parentNumber)], [1, 3])
  })

  test('while lookups are unavailable a text waits, and then it is sent', async t => {
    const server = await buildWithLookups(t, dialect)
    const outage = server.mock.world().faults.add({
      match: { operation: 'fetch-lookup' },
      effect: { type: 'http', status: 503 }
    })

    const { body: accepted } = await server.sendMessage()
    await server.advance('30 s')
    const during = await read(server, accepted)
    const sentDuring = sentTo(server, parentNumber)
    server.mock.world().faults.remove(outage.id)
    await server.advance('3 min')

    assert.ok(outage.applied > 1, 'it is asked again')
    assert.deepEqual([during.internal_status, sentDuring], ['accepted', 0])
    assert.equal((await read(server, accepted)).internal_status, 'delivered')
    assert.deepEqual(told(server), [
      ['messages.message.status_update', 'sent', null],
      ['messages.message.status_update', 'delivered', null]
    ])
    assert.deepEqual([lookupsOf(server, parentNumber), sentTo(server, parentNumber)], [1, 1])
  })

  test('an MMS is not looked up, not even one to a landline', async t => {
    const server = await buildWithLookups(t, dialect)

    const { body: accepted } = await server.sendMessage({
      receiver_number: landline,
      media_urls: ['https://example.com/menu.png']
    })
    await server.advance('10 s')

    assert.deepEqual([accepted.message_type, accepted.internal_status], ['mms', 'queued'])
    assert.equal((await read(server, accepted)).internal_status, 'delivered')
    assert.deepEqual([lookupsOf(server, landline), sentTo(server, landline)], [0, 1])
  })

  test('an MMS does not wait for the lookup of a text beside it', async t => {
    const server = await buildWithLookups(t, dialect, { workers: false })
    server.mock.world().faults.add({
      match: { operation: 'fetch-lookup' },
      effect: { type: 'http', status: 503 }
    })
    await server.sendMessage()
    await server.sendMessage({ media_urls: ['https://example.com/menu.png'] })

    await workOff(server)

    assert.equal(sentTo(server, parentNumber), 1)
  })

  test('a scheduled text is looked up at its time, not before', async t => {
    const server = await buildWithLookups(t, dialect)
    const { body: scheduled } = await server.sendMessage({
      receiver_number: landline,
      send_at: new Date(startOfTest + 3_600_000).toISOString()
    })

    await server.advance('59 min')
    const lookupsBefore = lookupsOf(server, landline)
    const before = await read(server, scheduled)
    await server.advance('2 min')

    assert.deepEqual([lookupsBefore, before.internal_status], [0, 'scheduled'])
    assert.equal((await read(server, scheduled)).internal_status, 'landline')
    assert.deepEqual(told(server), [['messages.message.status_update', 'landline', null]])
    assert.deepEqual([lookupsOf(server, landline), sentTo(server, landline)], [1, 0])
  })

  test('without the setting nobody is looked up', async t => {
    const server = await build(t, dialect)

    const { body: accepted } = await server.sendMessage({ receiver_number: landline })
    await server.advance('10 s')

    assert.deepEqual([lookupsOf(server, landline), sentTo(server, landline)], [0, 1])
    assert.equal(accepted.internal_status, 'queued')
  })
})

const buildWithLookups = (t: TestContext, dialect: Dialect, options = {}): Promise<TestServer> =>
  build(t, dialect, { environment: { LOOKUP_BEFORE_FIRST_SMS: 'true' }, ...options })

/** What waited until now is taken up in one batch. */
async function workOff(server: TestServer): Promise<void> {
  const workers = startWorkers(server.deps)
  await server.idle()
  await workers.stop()
}

async function read(server: TestServer, message: { message_uuid: string }) {
  const { body } = await server.request('GET', `/messages/${message.message_uuid}`)
  return body
}

/** What the client heard, in order. */
const told = (server: TestServer) =>
  server.clientApp.events.map(({ type, payload }) => [
    type,
    payload['internal_status'],
    payload['error_code']
  ])

const lookupsOf = (server: TestServer, number: string): number =>
  server.mock.world().journal.list({ match: { kind: 'lookup', number } }).length

const sentTo = (server: TestServer, number: string): number =>
  server.mock.world().journal.list({ match: { kind: 'message.created', to: number } }).length
