import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { anotherProcess, bearing } from '../testing/another-process.ts'
import {
  build,
  firstNumber,
  onEachDatabase,
  parentNumber,
  type TestServer
} from '../testing/build.ts'
import { countRows } from '../testing/rows.ts'

const aMessage = (text = 'School is closed today.') => ({
  message: { sender_number: firstNumber, receiver_number: parentNumber, message_body: text }
})

const post = (
  server: Pick<TestServer, 'app'>,
  key: string,
  body: object,
  path = '/messages',
  token?: string
) =>
  server.app.inject({
    method: 'POST',
    url: `/api/v1${path}`,
    headers: { ...bearing(token), 'idempotency-key': key },
    payload: body
  })

const creations = [
  ['/messages', aMessage()],
  [
    '/conversations',
    { conversation: { client_conversation_id: 'class 4b', welcome_message: 'Grüß Gott' } }
  ],
  [
    '/admin/bearers',
    {
      bearer_name: 'Gradebook',
      bearer_type: 'User',
      callback_url: 'https://gradebook.example',
      username: 'u',
      password: 'p'
    }
  ],
  ['/admin/api_keys', { bearer_id: 1 }],
  ['/api_keys', {}]
] as const

onEachDatabase(dialect => {
  for (const [path, body] of creations) {
    test(`POST ${path} twice with one key creates once and answers the same, byte by byte`, async t => {
      const server = await build(t, dialect, { workers: false })

      const first = await post(server, 'key', body, path)
      const between = await countRows(server.deps.database)
      const second = await post(server, 'key', body, path)

      assert.equal(first.statusCode, 201)
      assert.equal(first.headers['idempotency-replayed'], undefined)
      assert.equal(second.statusCode, 201)
      assert.equal(second.headers['idempotency-replayed'], 'true')
      assert.equal(second.headers['content-type'], first.headers['content-type'])
      assert.equal(second.payload, first.payload)
      assert.deepEqual(await countRows(server.deps.database), between)
    })
  }

  test('the same key with another body, or on another operation, is refused', async t => {
    const server = await build(t, dialect, { workers: false })
    await post(server, 'key', aMessage())

    const answers = await Promise.all([
      post(server, 'key', aMessage('Another text')),
      post(server, 'key', {}, '/api_keys')
    ])

    for (const answer of answers) {
      assert.equal(answer.statusCode, 422)
      assert.equal(answer.json().error.code, 'idempotency_key_reused')
    }
  })

  test('of many at once one creates; the others are told to wait or get its answer', async t => {
    const server = await build(t, dialect, { workers: false })

    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post(server, 'key', aMessage()))
    )

    assert.equal((await countRows(server.deps.database))['messages'], 1)
    assert.equal(
      answers.filter(answer => answer.statusCode === 201 && !answer.headers['idempotency-replayed'])
        .length,
      1
    )
    assert.ok(
      answers.every(
        answer => answer.statusCode === 201 || answer.json().error.code === 'request_in_progress'
      )
    )
  })

  test('while the first request runs, a second is told so with 409', async t => {
    const server = await build(t, dialect, { workers: false })
    await post(server, 'key', aMessage())
    await sql`update idempotency_keys set status_code = null, answer_cipher = null`.execute(
      server.deps.database.sql
    )

    const answer = await post(server, 'key', aMessage())

    assert.equal(answer.statusCode, 409)
    assert.equal(answer.json().error.code, 'request_in_progress')
  })

  test('a key whose first request died without an answer can be used again after a minute', async t => {
    const server = await build(t, dialect, { workers: false })
    await post(server, 'key', aMessage())
    await sql`update idempotency_keys set status_code = null, answer_cipher = null`.execute(
      server.deps.database.sql
    )
    await server.advance('1 min')

    const answer = await post(server, 'key', aMessage())

    assert.equal(answer.statusCode, 201)
    assert.equal(answer.headers['idempotency-replayed'], undefined)
  })

  test('two bearers may use the same key', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()

    const mine = await post(server, 'key', aMessage())
    const theirs = await post(server, 'key', aMessage(), '/messages', token)

    assert.notEqual(mine.json().message_uuid, theirs.json().message_uuid)
  })

  test('an answer is remembered for 24 hours and not longer', async t => {
    const server = await build(t, dialect, { workers: false })
    const first = await post(server, 'key', aMessage())

    await server.advance('23 h')
    const remembered = await post(server, 'key', aMessage())
    await server.advance('1 h')
    const forgotten = await post(server, 'key', aMessage())

    assert.equal(remembered.payload, first.payload)
    assert.equal(forgotten.statusCode, 201)
    assert.notEqual(forgotten.json().message_uuid, first.json().message_uuid)
  })

  test('a refusal is not remembered: the corrected request may use the key', async t => {
    const server = await build(t, dialect, { workers: false })

    const refused = await post(server, 'key', {
      message: { ...aMessage().message, receiver_number: '555' }
    })
    const corrected = await post(server, 'key', aMessage())

    assert.deepEqual([refused.statusCode, corrected.statusCode], [422, 201])
  })

  test('an answer that a crash kept from the client is given by the next process', async t => {
    const server = await build(t, dialect, { workers: false })
    const lost = await post(server, 'key', aMessage())
    await using restarted = await anotherProcess(server)

    const answer = await post(restarted, 'key', aMessage())

    assert.equal(answer.headers['idempotency-replayed'], 'true')
    assert.equal(answer.payload, lost.payload)
    assert.equal((await countRows(server.deps.database))['messages'], 1)
  })

  test('a token is replayed, though the database holds it only encrypted', async t => {
    const server = await build(t, dialect, { workers: false })
    const first = await post(server, 'key', {}, '/api_keys')

    const second = await post(server, 'key', {}, '/api_keys')

    const { token } = second.json()
    assert.equal(token, first.json().token)
    assert.equal((await server.request('GET', '/bearer', { token })).status, 200)
    const { rows } = await sql`select * from idempotency_keys`.execute(server.deps.database.sql)
    assert.ok(!JSON.stringify(rows).includes(token))
  })

  test('a key that is too long or not plain is refused', async t => {
    const server = await build(t, dialect, { workers: false })

    const answers = await Promise.all(
      ['k'.repeat(256), 'schlüssel', ''].map(key => post(server, key, aMessage()))
    )

    for (const answer of answers) {
      assert.equal(answer.statusCode, 422)
      assert.equal(answer.json().error.details[0].field, 'Idempotency-Key')
    }
  })
})
