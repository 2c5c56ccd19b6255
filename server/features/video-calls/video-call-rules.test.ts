import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { build, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { countRows } from '../../testing/rows.ts'
import {
  changesTold,
  createCall,
  createParticipant,
  readCall,
  roomOf
} from '../../testing/video-calls.ts'
import { sendZoomEvent, sessionEvent, zoomTime } from '../../testing/zoom-events.ts'
import { startWorkers } from '../../app.ts'

/** A call of three minutes with its host in it. */
async function aHeldCall(server: TestServer, key: string, fields: object = {}) {
  const { body: call } = await createCall(server, {
    session_key: key,
    maximum_call_length: 3,
    ...fields
  })
  const room = roomOf(server, call)
  const joinAsHost = () =>
    room.join('Ms. Ortega', { token: call.host_token, sessionKey: call.shunkan_ido_session_key })
  return { call, room, joinAsHost, host: joinAsHost() }
}

const statusOf = async (server: TestServer, key: string): Promise<string> =>
  (await readCall(server, key)).body.internal_status

/** What was asked of the provider, by operation. */
const asked = (server: TestServer, operation: string): number =>
  server.zoom?.world().journal.list({
    match: { kind: 'request', operation },
    limit: 10_000
  }).length ?? 0

onEachDatabase(dialect => {
  describe('the maximum length of a video call', () => {
    test('ends it at the provider on time, and not before', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const { room } = await aHeldCall(server, 'k')

      await server.advance(180_000 - 1)
      assert.deepEqual(room.people(), ['Ms. Ortega'])

      await server.advance(1)
      assert.deepEqual(room.people(), [])
      assert.equal(await statusOf(server, 'k'), 'ended')
    })

    test('counts from the first join, whoever leaves and comes back', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const { room, host, joinAsHost } = await aHeldCall(server, 'k')

      await server.advance('2m')
      host.leaves()
      await server.advance('30s')
      joinAsHost()
      await server.advance('29s')
      assert.deepEqual(room.people(), ['Ms. Ortega'])
      await server.advance('1s')

      assert.deepEqual(room.people(), [])
      const { body } = await readCall(server, 'k')
      assert.deepEqual(
        [body.start_time, body.end_time, body.end_at],
        ['2026-11-23T12:00:00.000Z', '2026-11-23T12:03:00.000Z', '2026-11-23T12:03:00.000Z']
      )
    })

    test('is kept while nobody works, and made up for as soon as somebody does', async t => {
      const server = await build(t, dialect, { zoom: {}, workers: false })
      const { room } = await aHeldCall(server, 'k')
      const first = startWorkers(server.deps)
      await server.idle()
      await first.stop()

      await server.clock.advance('10m')
      assert.deepEqual(room.people(), ['Ms. Ortega'])
      const workers = startWorkers(server.deps)
      await server.idle()
      await workers.stop()

      assert.deepEqual(room.people(), [])
    })

    test('of a session that is over already is no error, whichever way the provider says it', async t => {
      for (const ended_session of ['300', '3001'] as const) {
        const server = await build(t, dialect, { zoom: { ended_session } })
        const { host } = await aHeldCall(server, 'k')
        await server.advance('1m')
        server.zoom?.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })
        host.endsForAll()

        await server.advance('3m')

        const { body } = await readCall(server, 'k')
        assert.deepEqual(
          [body.internal_status, body.end_time],
          ['ended', '2026-11-23T12:01:00.000Z'],
          ended_session
        )
      }
    })

    test('is kept although the provider fails, is slow to say so, or asks for patience', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const { room } = await aHeldCall(server, 'k')
      server.zoom?.world().faults.add({
        match: { operation: 'end-session' },
        count: 2,
        effect: { type: 'http', status: 503 }
      })

      await server.advance('3m')
      assert.deepEqual(room.people(), ['Ms. Ortega'])
      await server.advance('10s')

      assert.deepEqual(room.people(), [])
      assert.equal(await statusOf(server, 'k'), 'ended')
    })

    test('ends more calls at a time than the provider takes in a second', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const calls = []
      for (let count = 0; count < 45; count++) calls.push(await aHeldCall(server, `k${count}`))

      await server.advance('3m')
      await server.advance('5s')

      assert.deepEqual(
        calls.filter(({ room }) => room.people().length > 0),
        []
      )
    })
  })

  describe('a video call that is over', () => {
    test('lets nobody in, and shows no tokens', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const { host } = await aHeldCall(server, 'k')
      await server.advance('1m')
      host.endsForAll()
      await server.advance('1s')
      const before = await countRows(server.deps.database)

      const answer = await createParticipant(server, { session_key: 'k' })

      assert.equal(answer.status, 409)
      assert.equal(answer.body.error.message, 'The video call is over.')
      assert.deepEqual(await countRows(server.deps.database), before)
      const { body } = await readCall(server, 'k')
      assert.equal(body.host_token, null)
      assert.equal(body.video_call_participants[0].token_signature, null)
    })

    test('frees its name for the next one', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const { host } = await aHeldCall(server, 'first', { session_name: 'Room 1' })
      host.endsForAll()
      await server.advance('1s')

      const { status, body } = await createCall(server, {
        session_key: 'second',
        session_name: 'Room 1'
      })
      roomOf(server, body).join('Ms. Ortega', { token: body.host_token, sessionKey: 'second' })
      await server.advance('1s')

      assert.equal(status, 201)
      assert.deepEqual(
        [await statusOf(server, 'first'), await statusOf(server, 'second')],
        ['ended', 'started']
      )
    })

    test('is over for good: whoever opens a session under its name is sent away', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const { host, joinAsHost, room } = await aHeldCall(server, 'k')
      host.endsForAll()
      await server.advance('1s')

      joinAsHost()
      await server.advance('1s')

      assert.deepEqual(room.people(), [])
      assert.equal(await statusOf(server, 'k'), 'ended')
      assert.equal(changesTold(server, 'k').filter(change => change === 'ended').length, 1)
    })

    test('by everybody leaving is so after a while, in which they may come back', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const { host } = await aHeldCall(server, 'k')
      await server.advance('10s')
      host.leaves()

      await server.advance('59s')
      assert.equal(await statusOf(server, 'k'), 'started')
      assert.equal((await readCall(server, 'k')).body.provider_status, 'session.ended')
      await server.advance('1s')

      const { body } = await readCall(server, 'k')
      assert.deepEqual([body.internal_status, body.end_time], ['ended', '2026-11-23T12:00:10.000Z'])
    })

    test('without anybody having come is expired when its tokens lapse', async t => {
      const server = await build(t, dialect, {
        zoom: {},
        environment: { VIDEO_TOKEN_MINUTES: '30' }
      })
      await createCall(server, { session_key: 'k' })
      await server.advance('10m')
      await createParticipant(server, { session_key: 'k' })

      await server.advance('29m')
      assert.equal(await statusOf(server, 'k'), 'created')
      await server.advance('1m')

      assert.equal(await statusOf(server, 'k'), 'expired')
      assert.deepEqual(changesTold(server, 'k'), ['expired'])
      assert.equal((await createParticipant(server, { session_key: 'k' })).status, 409)
    })
  })

  describe('events of a video call', () => {
    test('go where the request says, or else the conversation, or else the bearer', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const base = server.clientApp.events
      const own = (await server.request('GET', '/bearer')).body.callback_url
      const at = (path: string): string => `${own}?${path}`
      await server.request('POST', '/conversations', {
        body: { conversation: { client_conversation_id: 'c', callback_url: at('conversation') } }
      })

      await aHeldCall(server, 'one', { client_conversation_id: 'c', callback_url: at('request') })
      await aHeldCall(server, 'two', { client_conversation_id: 'c' })
      await aHeldCall(server, 'three')
      await server.advance('1s')

      const { rows } = await sql<{ callback_url: string | null }>`
        select distinct callback_url from client_events order by callback_url`.execute(
        server.deps.database.sql
      )
      assert.deepEqual(rows.map(({ callback_url }) => String(callback_url)).toSorted(), [
        at('conversation'),
        at('request'),
        'null'
      ])
      assert.equal(base.length, 6)
    })
  })

  describe('sessions of which the events were lost', () => {
    test('are found in the lists of the provider: start, people, end and recordings', async t => {
      const server = await build(t, dialect, { zoom: {} })
      server.zoom?.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })
      const { body: call } = await createCall(server, {
        session_key: 'k',
        maximum_call_length: 30
      })
      const guest = await createParticipant(server, { session_key: 'k' })
      const room = roomOf(server, call)
      const host = room.join('Ms. Ortega', { token: call.host_token, sessionKey: 'k' })
      host.startsRecording()
      room.join('Ana Lima', { token: guest.body.token_signature, sessionKey: 'k' })

      await server.advance('10m')
      assert.equal(await statusOf(server, 'k'), 'started')

      await server.advance('20m')
      assert.deepEqual(room.people(), [])
      await server.advance('30m')
      const { body } = await readCall(server, 'k')
      assert.deepEqual(
        [body.internal_status, body.start_time, body.end_time],
        ['ended', '2026-11-23T12:00:00.000Z', '2026-11-23T12:30:00.000Z']
      )
      assert.deepEqual(
        body.video_call_participants.map((each: Record<string, unknown>) => each['left_at']),
        ['2026-11-23T12:30:00.000Z', '2026-11-23T12:30:00.000Z']
      )
      assert.deepEqual(
        body.video_call_recordings.map((each: Record<string, unknown>) => each['internal_status']),
        ['stored', 'stored']
      )
    })

    test('of a call that began and ended unseen are found too', async t => {
      const server = await build(t, dialect, { zoom: {} })
      server.zoom?.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })
      const { host } = await aHeldCall(server, 'k')
      await server.clock.advance('1m')
      host.endsForAll()

      await server.advance('10m')

      const { body } = await readCall(server, 'k')
      assert.deepEqual([body.internal_status, body.end_time], ['ended', '2026-11-23T12:01:00.000Z'])
    })

    test('are asked for by nobody while there is no call', async t => {
      const server = await build(t, dialect, { zoom: {} })

      await server.advance('2h')

      assert.equal(asked(server, 'list-sessions'), 0)
    })
  })
})

// Once: it is about the provider's rate limit, not about a database.
test('many calls that end at one moment are all asked after, and the provider is not asked without end', async t => {
  const server = await build(t, 'sqlite', { zoom: {} })
  const startedAt = server.clock.now()
  for (let place = 0; place < 40; place++) {
    const { body: call } = await createCall(server, {})
    const times = {
      start_time: zoomTime(startedAt),
      end_time: zoomTime(startedAt + 60_000)
    }
    const id = Buffer.alloc(16, place + 1).toString('base64')
    await sendZoomEvent(server, sessionEvent(call, id, 'started', times, startedAt))
    await sendZoomEvent(server, sessionEvent(call, id, 'ended', times, startedAt))
  }

  await server.advance('30m')

  const { rows } = await sql<{ count: number }>`
    select count(*) as count from video_call_sessions where reviews = 1`.execute(
    server.deps.database.sql
  )
  assert.equal(Number(rows[0]?.count), 40)
  assert.ok(asked(server, 'fetch-session') < 1_000, String(asked(server, 'fetch-session')))
})
