import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jwtVerify } from 'jose'
import { build, onEachDatabase, startOfTest, type TestServer } from '../../testing/build.ts'
import { countRows } from '../../testing/rows.ts'

const create = (server: TestServer, fields: object = {}, options: object = {}) =>
  server.request('POST', '/video_calls', {
    body: { video_call: { host_username: 'Ms. Ortega', ...fields } },
    ...options
  })
const join = (server: TestServer, fields: object, options: object = {}) =>
  server.request('POST', '/video_call_participants', {
    body: { participant: { username: 'Ana Lima', ...fields } },
    ...options
  })
const read = (server: TestServer, key: string, options: object = {}) =>
  server.request('GET', `/video_calls/${encodeURIComponent(key)}`, options)

async function claimsIn(server: TestServer, token: string) {
  const { payload } = await jwtVerify(
    token,
    new TextEncoder().encode(server.deps.config.ZOOM_SDK_SECRET),
    { algorithms: ['HS256'], currentDate: new Date(server.clock.now()) }
  )
  return payload
}

onEachDatabase(dialect => {
  describe('a video call', () => {
    test('is created with a host, whose token jose verifies claim by claim', async t => {
      const server = await build(t, dialect, { workers: false })

      const { status, body } = await create(server, {
        client_conversation_id: 'class-4b',
        session_name: 'Parent Evening 4b',
        session_key: 'evening-4b',
        maximum_call_length: 45
      })

      assert.equal(status, 201)
      const { host_token, id, bearer_id, ...rest } = body
      assert.deepEqual(rest, {
        client_conversation_id: 'class-4b',
        created_at: '2026-11-23T12:00:00.000Z',
        end_time: null,
        global_id: null,
        host_username: 'Ms. Ortega',
        internal_conversation_id: null,
        internal_status: 'created',
        maximum_call_length: 45,
        provider_id: null,
        provider_status: null,
        recording: false,
        session_name: 'Parent Evening 4b',
        shunkan_ido_session_key: 'evening-4b',
        start_time: null,
        end_at: null,
        updated_at: '2026-11-23T12:00:00.000Z'
      })
      const { user_key, ...claims } = await claimsIn(server, host_token)
      const issuedAt = startOfTest / 1_000 - 30
      assert.deepEqual(claims, {
        app_key: server.deps.config.ZOOM_SDK_KEY,
        role_type: 1,
        tpc: 'Parent Evening 4b',
        version: 1,
        iat: issuedAt,
        exp: issuedAt + 24 * 3_600,
        session_key: 'evening-4b'
      })
      assert.equal(String(user_key).length, 36)
      assert.ok(id > 0 && bearer_id > 0)
    })

    test('gets a name, a key and a length of its own when none are given', async t => {
      const server = await build(t, dialect, { workers: false })

      const [first, second] = [await create(server), await create(server)]

      assert.equal(first.body.maximum_call_length, 240)
      assert.match(first.body.session_name, /^call-[0-9a-f-]{36}$/)
      assert.equal(first.body.shunkan_ido_session_key.length, 36)
      assert.notEqual(first.body.session_name, second.body.session_name)
      assert.notEqual(first.body.shunkan_ido_session_key, second.body.shunkan_ido_session_key)
    })

    test('is joined by participants with tokens of their own, and read with all of them', async t => {
      const server = await build(t, dialect, { workers: false })
      const call = await create(server, { session_key: 'evening 4b/ü?' })

      const guest = await join(server, { session_key: 'evening 4b/ü?', user_key: 'parent-77' })
      const second = await join(server, {
        shunkan_ido_session_key: 'evening 4b/ü?',
        username: 'Mr. Reyes 👩🏽‍🏫',
        is_host: true
      })

      assert.deepEqual([guest.status, second.status], [201, 201])
      assert.equal(guest.body.shunkan_ido_user_key, 'parent-77')
      assert.equal(guest.body.video_call_id, call.body.id)
      const claims = await claimsIn(server, guest.body.token_signature)
      assert.deepEqual(
        [claims['role_type'], claims['user_key'], claims['tpc'], claims['session_key']],
        [0, 'parent-77', call.body.session_name, 'evening 4b/ü?']
      )
      assert.equal((await claimsIn(server, second.body.token_signature))['role_type'], 1)

      const { status, body } = await read(server, 'evening 4b/ü?')
      assert.equal(status, 200)
      const { video_call_participants, video_call_recordings, ...rest } = body
      assert.deepEqual(rest, call.body)
      assert.deepEqual(
        video_call_participants.map((each: { username: string }) => each.username),
        ['Ms. Ortega', 'Ana Lima', 'Mr. Reyes 👩🏽‍🏫']
      )
      assert.deepEqual(video_call_participants[1], guest.body)
      assert.deepEqual(video_call_recordings, [])
    })

    test('shows no token once it has lapsed', async t => {
      const server = await build(t, dialect, {
        workers: false,
        environment: { VIDEO_TOKEN_MINUTES: '30' }
      })
      const { body } = await create(server, { session_key: 'k' })
      const { exp } = await claimsIn(server, body.host_token)
      assert.equal(exp, startOfTest / 1_000 - 30 + 1_800)

      await server.clock.advance(1_770_000 - 1)
      assert.equal((await read(server, 'k')).body.host_token, body.host_token)

      await server.clock.advance(1)
      const { body: later } = await read(server, 'k')
      assert.equal(later.host_token, null)
      assert.equal(later.video_call_participants[0].token_signature, null)
    })

    test('that is created twice with one Idempotency-Key is one call', async t => {
      const server = await build(t, dialect, { workers: false })
      const headers = { 'idempotency-key': 'once' }

      const first = await create(server, {}, { headers })
      const again = await create(server, {}, { headers })

      assert.deepEqual(again.body, first.body)
      assert.equal(again.headers['idempotency-replayed'], 'true')
      assert.equal((await countRows(server.deps.database))['video_calls'], 1)
    })

    test('has a name that no other call bears at the same time, and a key that none ever bore', async t => {
      const server = await build(t, dialect, { workers: false })
      const other = await server.createBearer()
      await create(server, { session_name: 'Room 1', session_key: 'one' })

      const sameName = await create(
        server,
        { session_name: 'ROOM 1', session_key: 'two' },
        { token: other.token }
      )
      const sameKey = await create(server, { session_name: 'Room 2', session_key: 'one' })

      assert.deepEqual([sameName.status, sameKey.status], [409, 409])
      assert.match(sameName.body.error.message, /session_name is not over/)
      assert.match(sameKey.body.error.message, /session_key has been used/)
      assert.equal((await countRows(server.deps.database))['video_calls'], 1)
    })

    test('of another bearer is as absent as one that never was', async t => {
      const server = await build(t, dialect, { workers: false })
      const other = await server.createBearer()
      await create(server, { session_key: 'mine' })
      const before = await countRows(server.deps.database)

      for (const key of ['mine', 'nobodys', 'MINE', '0'])
        for (const answer of [
          await read(server, key, { token: other.token }),
          await join(server, { session_key: key }, { token: other.token })
        ]) {
          assert.equal(answer.status, 404, key)
          assert.equal(answer.body.error.message, 'There is no such video call.')
        }
      assert.deepEqual(await countRows(server.deps.database), before)
    })
  })

  test('every wrong value of a video call is refused by its name, and nothing is stored', async t => {
    const server = await build(t, dialect, { workers: false })
    await create(server, { session_key: 'k' })
    const before = await countRows(server.deps.database)

    for (const [fields, field] of [
      [{ host_username: undefined }, 'host_username'],
      [{ host_username: '' }, 'host_username'],
      [{ host_username: '  ' }, 'host_username'],
      [{ host_username: 'x'.repeat(201) }, 'host_username'],
      [{ host_username: 'a\0b' }, 'host_username'],
      [{ host_username: ['Ms. Ortega'] }, 'host_username'],
      [{ session_name: 'x'.repeat(151) }, 'session_name'],
      [{ session_name: 'Räume' }, 'session_name'],
      [{ session_name: 'a/b' }, 'session_name'],
      [{ session_name: ' ' }, 'session_name'],
      [{ session_key: '' }, 'session_key'],
      [{ session_key: ' ' }, 'session_key'],
      [{ session_key: 'x'.repeat(37) }, 'session_key'],
      [{ maximum_call_length: 0 }, 'maximum_call_length'],
      [{ maximum_call_length: 2_881 }, 'maximum_call_length'],
      [{ maximum_call_length: 1.5 }, 'maximum_call_length'],
      [{ maximum_call_length: '45' }, 'maximum_call_length'],
      [{ recording: 'yes' }, 'recording'],
      [{ callback_url: 'ftp://a' }, 'callback_url'],
      [{ client_conversation_id: '' }, 'client_conversation_id']
    ] as const) {
      const { status, body } = await create(server, fields)
      assert.equal(status, 422, JSON.stringify(fields))
      assert.equal(body.error.details[0].field, `video_call.${field}`, JSON.stringify(body))
    }
    for (const [fields, field] of [
      [{}, 'session_key'],
      [{ session_key: 'k', shunkan_ido_session_key: 'l' }, 'shunkan_ido_session_key'],
      [{ session_key: 'k', username: 'x'.repeat(201) }, 'username'],
      [{ session_key: 'k', username: undefined }, 'username'],
      [{ session_key: 'k', username: ' ' }, 'username'],
      [{ session_key: 'k', user_key: 'x'.repeat(37) }, 'user_key'],
      [{ session_key: 'k', user_key: '' }, 'user_key'],
      [{ session_key: 'k', is_host: 'true' }, 'is_host'],
      [{ session_key: 'x'.repeat(37) }, 'session_key']
    ] as const) {
      const { status, body } = await join(server, fields)
      assert.equal(status, 422, JSON.stringify(fields))
      assert.equal(body.error.details[0].field, `participant.${field}`, JSON.stringify(body))
    }
    assert.deepEqual(await countRows(server.deps.database), before)
  })

  test('values at their bounds are taken, and are in the token as they were given', async t => {
    const server = await build(t, dialect, {
      workers: false,
      environment: { VIDEO_TOKEN_MINUTES: '2880' }
    })
    const session_name = `Z${'-'.repeat(148)}z`
    const session_key = 'k'.repeat(36)

    const { body } = await create(server, {
      host_username: 'x'.repeat(200),
      session_name,
      session_key,
      maximum_call_length: 2_880
    })
    const guest = await join(server, { session_key, user_key: 'u'.repeat(36) })

    const claims = await claimsIn(server, body.host_token)
    assert.deepEqual([claims['tpc'], claims['session_key']], [session_name, session_key])
    assert.equal(Number(claims.exp) - Number(claims.iat), 172_800)
    assert.equal((await claimsIn(server, guest.body.token_signature))['user_key'], 'u'.repeat(36))
  })
})
