import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { build, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { countRows } from '../../testing/rows.ts'
import { sendZoomEvent, sessionEvent, zoomTime } from '../../testing/zoom-events.ts'

const call = { session_name: 'Room 1', shunkan_ido_session_key: 'one' }
const started = (server: TestServer) =>
  sessionEvent(
    call,
    'a1B2c3D4e5F6g7H8i9J0kQ==',
    'started',
    { start_time: zoomTime(server.clock.now()) },
    server.clock.now()
  )

onEachDatabase(dialect => {
  describe("Zoom's events", () => {
    test('are stored byte by byte, answered at once, and processed from the lane', async t => {
      const server = await build(t, dialect, { workers: false })
      const body = JSON.stringify(started(server))
        .replace('Room 1', 'Room 1')
        .replace('room 1', 'r👍oom\\u00fc')

      const answer = await sendZoomEvent(server, body)

      assert.deepEqual([answer.status, answer.body], [200, {}])
      const { rows } = await sql<{ kind: string; body: string; outcome: string | null }>`
        select kind, body, outcome from provider_callbacks`.execute(server.deps.database.sql)
      assert.deepEqual(rows, [{ kind: 'zoom.event', body, outcome: null }])
      assert.equal((await countRows(server.deps.database))['lane_entries'], 1)
    })

    test('that are not signed, or not lately, are refused and change nothing', async t => {
      const server = await build(t, dialect, { workers: false })
      const before = await countRows(server.deps.database)
      const now = Math.floor(server.clock.now() / 1_000)

      for (const options of [
        { secret: 'another' },
        { signature: '' },
        { signature: 'v0=' },
        { timestamp: now - 301 },
        { timestamp: now + 301 },
        { timestamp: '' },
        { timestamp: 'now' }
      ]) {
        const { status, body } = await sendZoomEvent(server, started(server), options)
        assert.equal(status, 403, JSON.stringify(options))
        assert.equal(body.error.code, 'invalid_signature')
      }
      const unsigned = await server.request('POST', '/zoom_webhooks', { body: started(server) })
      assert.equal(unsigned.status, 403)
      assert.deepEqual(await countRows(server.deps.database), before)
      const atTheEdge = await sendZoomEvent(server, started(server), { timestamp: now - 300 })
      assert.equal(atTheEdge.status, 200)
    })

    test('that are malformed are refused by field, and change nothing', async t => {
      const server = await build(t, dialect, { workers: false })
      const before = await countRows(server.deps.database)
      const object = (fields: object, event = 'session.user_joined') => ({
        event,
        event_ts: 1,
        payload: { object: { session_id: 'a==', ...fields } }
      })

      for (const [event, status, field] of [
        ['', 400],
        ['{"event":', 400],
        ['{"event":"session.started\0"}', 400],
        ['[]', 422, 'body'],
        ['null', 422, 'body'],
        ['{}', 422, 'event'],
        [{ event: 7 }, 422, 'event'],
        [{ event: ['session.started'] }, 422, 'event'],
        [{ event: 'session.started', event_ts: 'now' }, 422, 'event_ts'],
        [{ event: 'session.started' }, 422, 'payload.object'],
        [{ event: 'session.started', payload: [] }, 422, 'payload'],
        [{ event: 'session.started', payload: { object: [] } }, 422, 'payload.object'],
        [{ event: 'session.started', payload: { object: {} } }, 422, 'payload.object.session_id'],
        [object({ session_id: {} }), 422, 'payload.object.session_id'],
        [object({ session_id: 'x'.repeat(256) }), 422, 'payload.object.session_id'],
        [object({}), 422, 'payload.object.user'],
        [object({ user: { id: '1' } }), 422, 'payload.object.user.join_time'],
        [object({ user: { join_time: 'x' } }), 422, 'payload.object.user.id'],
        [object({ user: { id: '1', join_time: 'noon' } }), 422, 'payload.object.user.join_time'],
        [
          object({ end_time: '2026-02-30T00:00:00Z' }, 'session.ended'),
          422,
          'payload.object.end_time'
        ],
        [
          object({ recording_files: {} }, 'session.recording_completed'),
          422,
          'payload.object.recording_files'
        ],
        [
          object({ recording_files: [7] }, 'session.recording_completed'),
          422,
          'payload.object.recording_files[0]'
        ],
        [{ event: 'endpoint.url_validation' }, 422, 'payload.plainToken'],
        [
          { event: 'endpoint.url_validation', payload: { plainToken: ['a'] } },
          422,
          'payload.plainToken'
        ]
      ] as const) {
        const answer = await sendZoomEvent(server, event)
        const shown = `${JSON.stringify(event)}: ${JSON.stringify(answer.body)}`
        assert.equal(answer.status, status, shown)
        const fields = (answer.body.error.details as { field: string }[]).map(each => each.field)
        if (field !== undefined) assert.ok(fields.includes(field), shown)
      }
      assert.deepEqual(await countRows(server.deps.database), before)
    })

    test('that we make no use of, or that are of nobody, are kept and said to be so', async t => {
      const server = await build(t, dialect)

      for (const event of [
        { event: 'session.alert', payload: { object: { issues: 'High CPU occupation' } } },
        { event: 'session.something_new' },
        { event: '__proto__', payload: {} },
        started(server)
      ])
        assert.equal((await sendZoomEvent(server, event)).status, 200)
      await server.idle()

      const { rows } = await sql<{ outcome: string }>`
        select outcome from provider_callbacks order by id`.execute(server.deps.database.sql)
      assert.deepEqual(
        rows.map(({ outcome }) => outcome),
        ['ignored', 'ignored', 'ignored', 'unmatched']
      )
      assert.equal((await countRows(server.deps.database))['video_call_sessions'], 0)
    })
  })

  test('the challenge that validates our URL is answered with proof, and leaves no trace', async t => {
    const server = await build(t, dialect, { workers: false })
    const before = await countRows(server.deps.database)
    const challenge = {
      payload: { plainToken: 'qPlainTokenExample0001' },
      event_ts: 1_767_225_600_000,
      event: 'endpoint.url_validation'
    }

    const answer = await sendZoomEvent(server, challenge)
    const forged = await sendZoomEvent(server, challenge, { secret: 'another' })

    assert.deepEqual(
      [answer.status, answer.body],
      [
        200,
        {
          plainToken: 'qPlainTokenExample0001',
          encryptedToken: '1071825267d414cac3f75725425269f31e6b9fc1fc9f5b60c933d384ec49cf8d'
        }
      ]
    )
    assert.equal(forged.status, 403)
    assert.deepEqual(await countRows(server.deps.database), before)
  })
})

test('with ZOOM_MODE=off there are no video calls, and Zoom is not listened to', async t => {
  const server = await build(t, 'sqlite', { workers: false, environment: { ZOOM_MODE: 'off' } })

  assert.equal((await server.request('POST', '/video_calls', { body: {} })).status, 404)
  assert.equal((await sendZoomEvent(server, started(server))).status, 404)
})
