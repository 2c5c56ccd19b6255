import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { sql } from 'kysely'
import { anotherProcess, bearing, processWithoutDatabase } from '../testing/another-process.ts'
import { build, firstNumber, onEachDatabase, parentNumber } from '../testing/build.ts'

/** What a process logs. */
function aLog() {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    }
  })
  return { stream, lines }
}

const aMessage = {
  message: {
    sender_number: firstNumber,
    receiver_number: parentNumber,
    message_body: 'Your code is 4711.'
  }
}

onEachDatabase(dialect => {
  test('a request id that the client gives is taken over, in answers and refusals', async t => {
    const server = await build(t, dialect, { workers: false })
    const headers = { 'x-request-id': 'client-request-1' }

    const answer = await server.request('GET', '/bearer', { headers })
    const refusal = await server.request('GET', '/messages/unknown', { headers })

    assert.equal(answer.headers['x-request-id'], 'client-request-1')
    assert.equal(refusal.headers['x-request-id'], 'client-request-1')
    assert.equal(refusal.body.error.request_id, 'client-request-1')
  })

  test('a request without an id, or with one that could harm a log, gets one of ours', async t => {
    const server = await build(t, dialect, { workers: false })

    const answers = await Promise.all(
      [
        {},
        { 'x-request-id': 'short' },
        { 'x-request-id': 'a"} {"b' },
        { 'x-request-id': 'x'.repeat(129) }
      ].map(headers => server.request('GET', '/status', { headers }))
    )

    for (const answer of answers)
      assert.match(String(answer.headers['x-request-id']), /^[0-9a-f-]{36}$/)
  })

  test('an error of ours tells its request id and nothing else, and the log tells the rest', async t => {
    const server = await build(t, dialect, { workers: false })
    const log = aLog()
    await using other = await anotherProcess(server, { log: log.stream })
    await sql`drop table messages`.execute(server.deps.database.sql)

    const answer = await other.app.inject({
      method: 'POST',
      url: '/api/v1/messages',
      headers: { ...bearing(), 'x-request-id': 'client-request-1' },
      payload: aMessage
    })

    assert.equal(answer.statusCode, 500)
    assert.deepEqual(answer.json(), {
      error: {
        code: 'internal_error',
        message: 'Something went wrong on our side; quote the request id when you report it.',
        details: [],
        request_id: 'client-request-1'
      }
    })
    const line = log.lines.find(text => text.includes('unexpected error'))
    assert.match(line ?? '', /client-request-1/)
    assert.match(line ?? '', /messages/)
  })

  test('while the database is away every operation says so, and when to come back', async t => {
    const server = await build(t, dialect, { workers: false })
    await using other = await processWithoutDatabase(server)

    const answer = await other.app.inject({ url: '/api/v1/bearer', headers: bearing() })

    // SQLite is never away; a closed file is a fault of ours.
    assert.equal(answer.statusCode, dialect === 'postgresql' ? 503 : 500)
    if (dialect === 'postgresql') assert.equal(answer.headers['retry-after'], '1')
  })

  test('a token has its number of requests a minute, and is told when to go on', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    await using limited = await anotherProcess(server, { config: { RATE_LIMIT_PER_MINUTE: 3 } })
    const ask = (headers: Record<string, string>) =>
      limited.app.inject({ url: '/api/v1/bearer', headers })

    const statuses: number[] = []
    for (let request = 0; request < 3; request++) statuses.push((await ask(bearing())).statusCode)
    const refused = await ask(bearing())
    const ofAnother = await ask(bearing(token))

    assert.deepEqual(statuses, [200, 200, 200])
    assert.equal(refused.statusCode, 429)
    assert.equal(refused.json().error.code, 'rate_limited')
    assert.ok(Number(refused.headers['retry-after']) >= 1)
    assert.equal(ofAnother.statusCode, 200)
  })

  test('requests without a token are limited too, by their address', async t => {
    const server = await build(t, dialect, { workers: false })
    await using limited = await anotherProcess(server, { config: { RATE_LIMIT_PER_MINUTE: 2 } })

    const statuses: number[] = []
    for (let request = 0; request < 3; request++)
      statuses.push((await limited.app.inject('/api/v1/bearer')).statusCode)

    assert.deepEqual(statuses, [403, 403, 429])
  })

  test("a provider's callbacks are not limited", async t => {
    const server = await build(t, dialect, { workers: false })
    await using limited = await anotherProcess(server, { config: { RATE_LIMIT_PER_MINUTE: 1 } })

    const statuses: number[] = []
    for (let request = 0; request < 3; request++)
      statuses.push(
        (await limited.app.inject({ method: 'POST', url: '/api/v1/twilio_requests/inbound' }))
          .statusCode
      )

    assert.deepEqual(statuses, [403, 403, 403])
  })

  test('no secret and no text of a person stands in an answer or in the log', async t => {
    const server = await build(t, dialect, { workers: false })
    const log = aLog()
    await using other = await anotherProcess(server, { log: log.stream })
    const password = 'the password of the callback'
    const bearer = {
      bearer_name: 'Gradebook',
      bearer_type: 'Application',
      callback_url: 'https://gradebook.example',
      username: 'u',
      password
    }
    const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
      other.app.inject({
        method: 'POST',
        url: `/api/v1${url}`,
        headers: { ...bearing(), ...headers },
        payload
      })

    const answers = [
      await post('/admin/bearers', bearer),
      await post('/admin/bearers', { ...bearer, bearer_type: password.length }),
      await post('/admin/bearers', { ...bearer, password: 471_147_114_711 }),
      await post('/messages', aMessage, { 'idempotency-key': 'key' }),
      await post('/messages', { message: { ...aMessage.message, sender_number: 5 } }),
      await other.app.inject({
        url: '/api/v1/bearer',
        headers: { authorization: 'Bearer csk_mistyped' }
      })
    ]
    const { token } = (await post('/api_keys', {})).json()

    const answered = answers.map(answer => answer.payload).join('\n')
    for (const secret of [password, '471147114711', 'csk_'])
      assert.ok(!answered.includes(secret), secret)
    const logged = log.lines.join('\n')
    assert.match(logged, /"answered"/)
    for (const secret of [
      password,
      token,
      bearing().authorization.slice(7),
      'csk_',
      'Your code is',
      parentNumber
    ])
      assert.ok(!logged.includes(secret), secret)
  })

  test('a wrong method is told which ones there are', async t => {
    const server = await build(t, dialect, { workers: false })

    const answers = await Promise.all([
      server.request('PUT', '/messages'),
      server.request('POST', '/messages/0193585e-7c00-7000-8000-000000000000'),
      server.request('GET', '/participants/deactivate_pairing'),
      server.request('DELETE', '/nothing')
    ])

    assert.deepEqual(
      answers.map(answer => [answer.status, answer.headers['allow']]),
      [
        [405, 'GET, POST'],
        [405, 'DELETE, GET, HEAD'],
        [405, 'PATCH, POST, PUT'],
        [404, undefined]
      ]
    )
    assert.equal(answers[0]?.body.error.code, 'method_not_allowed')
  })
})

test('a process that is too busy sheds requests, and says when to come back', async t => {
  const server = await build(t, 'sqlite', { workers: false })
  await using shedding = await anotherProcess(server, { config: { MAX_EVENT_LOOP_DELAY_MS: 1 } })
  await shedding.app.ready()
  const ask = () => shedding.app.inject({ url: '/api/v1/status' })

  // The delay is sampled every second: this keeps the event loop busy until it was.
  const deadline = performance.now() + 10_000
  let answer = await ask()
  while (answer.statusCode !== 503 && performance.now() < deadline) {
    const end = performance.now() + 50
    while (performance.now() < end);
    await new Promise(resolve => setImmediate(resolve))
    answer = await ask()
  }

  assert.equal(answer.statusCode, 503)
  assert.equal(answer.headers['retry-after'], '1')
  assert.equal(answer.json().error.code, 'overloaded')
})

test('bytes that are no HTTP are refused without harm', async t => {
  const server = await build(t, 'sqlite', { workers: false })

  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () =>
      socket.write('nonsense\r\n\r\n')
    )
    socket.on('error', reject).once('data', bytes => resolve(String(bytes)))
  })

  assert.match(answer, /^HTTP\/1\.1 400 /)
  assert.equal((await server.request('GET', '/status')).status, 200)
})
