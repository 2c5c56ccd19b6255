import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test, type TestContext } from 'node:test'

import { developmentAccount } from '../development-account.ts'
import type { WorldSeed } from '../seeds.ts'
import { build as buildAny, type Built } from '../testing/build.ts'
import type { ReceivedWebhook } from '../testing/receiver.ts'
import { encryptedToken, signature } from './signature.ts'

const { secretToken } = developmentAccount

/** Sessions here stay as they are, however late it gets. */
const build = (t: TestContext, seed: WorldSeed = {}) =>
  buildAny(t, { lone_user_timeout_ms: 0, ...seed })

const sample =
  '{"event":"session.started","event_ts":1767225600123,"payload":{"account_id":"acctMOCK0001","object":{"id":"a1B2c3D4e5F6g7H8i9J0kQ==","session_id":"a1B2c3D4e5F6g7H8i9J0kQ==","session_name":"call-0001","session_key":"call-0001","start_time":"2026-01-01T00:00:00Z"}}}'

test('the published vectors of signature and challenge are met', () => {
  assert.equal(
    signature(secretToken, '1767225600', sample),
    'v0=191796150a78e0d89715400cbaf3d4f10fc34938822f2f5084585c3fca62628c'
  )
  assert.equal(
    encryptedToken(secretToken, 'qPlainTokenExample0001'),
    '1071825267d414cac3f75725425269f31e6b9fc1fc9f5b60c933d384ec49cf8d'
  )
})

/** As an application checks it. */
function isGenuine({ headers, body }: ReceivedWebhook): boolean {
  const time = String(headers['x-zm-request-timestamp'])
  const hash = createHmac('sha256', secretToken).update(`v0:${time}:${body}`).digest('hex')
  return headers['x-zm-signature'] === `v0=${hash}`
}

/** Ana joins, and so two events go out; the first of them is looked at. */
async function joined(built: Built): Promise<void> {
  built.call('call-0001').join('Ana 🏫')
  await built.mock.clock.advance(0)
}

test('an event is signed over its bytes, with an emoji in it, and has the headers of Zoom', async t => {
  const built = await build(t)

  await joined(built)

  const { received } = built.receiver
  assert.equal(received.length, 2)
  for (const one of received) {
    assert.ok(isGenuine(one))
    assert.equal(one.method, 'POST')
    assert.equal(one.headers['content-type'], 'application/json; charset=utf-8')
    assert.equal(one.headers['user-agent'], 'Zoom Marketplace/1.0a')
    assert.match(
      String(one.headers['x-zm-request-id']),
      /^[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12}$/
    )
    assert.equal(one.headers['x-zm-request-timestamp'], String(built.mock.clock.now() / 1000))
  }
  assert.ok(received.some(({ body }) => body.includes('Ana 🏫')))
})

test('a world can spell what is not ASCII, which no body equals that was written again', async t => {
  const built = await build(t, { escapes_unicode: true })

  await joined(built)

  const told = built.receiver.received.find(({ body }) => body.includes('user_joined'))
  assert.match(told?.body ?? '', /"Ana \\ud83c\\udfeb"/)
  assert.ok(told !== undefined && isGenuine(told))
  assert.notEqual(told.body, JSON.stringify(told.document))
})

test('after 500 and after silence an event comes again 5, 25 and 85 minutes later, then never', async t => {
  for (const fault of ['500', 'cut', 'silent'] as const) {
    const built = await build(t, { webhook_timeout_ms: 40 })
    const { receiver, mock } = built
    const started: number[] = []
    receiver.answers(({ document }) => {
      if (document.event !== 'session.started') return { status: 200 }
      started.push((mock.clock.now() - Number(document.event_ts)) / 60_000)
      return fault === '500' ? { status: 500 } : fault
    })

    await joined(built)
    await mock.clock.advance('5 h')

    assert.deepEqual(started, [0, 5, 25, 85], fault)
    const failures = mock.world().journal.list({ match: { kind: 'webhook.failed' } })
    const code = { '500': 500, cut: -7, silent: -1 }[fault]
    assert.deepEqual(
      failures.map(entry => entry['code']),
      [code, code, code, code]
    )
  }
})

test('each attempt has the same body, and a time, a signature and a request id of its own', async t => {
  const built = await build(t)
  built.receiver.answers(() => ({ status: 503 }))

  await joined(built)
  await built.mock.clock.advance('5 h')

  const attempts = built.receiver.received.filter(
    ({ document }) => document.event === 'session.started'
  )
  assert.equal(attempts.length, 4)
  assert.ok(attempts.every(isGenuine))
  assert.equal(new Set(attempts.map(({ body }) => body)).size, 1)
  assert.equal(new Set(attempts.map(({ headers }) => headers['x-zm-request-timestamp'])).size, 4)
  assert.equal(new Set(attempts.map(({ headers }) => headers['x-zm-request-id'])).size, 4)
})

test('what is answered with 3xx or 4xx, or with 202 at first, is lost', async t => {
  for (const status of [202, 301, 302, 400, 401, 404, 410, 429]) {
    const built = await build(t)
    const { receiver, mock } = built
    receiver.answers(() => ({ status, headers: { location: `${receiver.url}/elsewhere` } }))

    await joined(built)
    await mock.clock.advance('5 h')

    assert.equal(receiver.received.length, 2, `${status} is not tried again, nor followed`)
    const [failure] = mock.world().journal.list({ match: { kind: 'webhook.failed' } })
    assert.deepEqual([failure?.['code'], failure?.['retry_at']], [status, undefined])
  }
})

test('any 2xx does at another attempt', async t => {
  const built = await build(t)
  const { receiver, mock } = built
  let answered = 0
  receiver.answers(() => ({ status: answered++ < 2 ? 500 : 202 }))

  await joined(built)
  await mock.clock.advance('5 h')

  assert.equal(receiver.received.length, 4)
})

test('an application that is not there is refused with -2 and tried again', async t => {
  const built = await build(t, { subscriptions: [{ url: 'http://127.0.0.1:1/' }] })

  await joined(built)

  const [failure] = built.mock.world().journal.list({ match: { kind: 'webhook.failed' } })
  assert.equal(failure?.['code'], -2)
  assert.ok(failure['retry_at'])
})

test('two subscriptions are both told, each of what it asked for', async t => {
  const built = await build(t)
  const { url } = built.receiver
  await built.control('POST', '/_mock/reset', {
    subscriptions: [{ url }, { url, events: ['session.user_joined'] }]
  })

  await joined(built)

  assert.deepEqual(built.receiver.events().toSorted(), [
    'session.started',
    'session.user_joined',
    'session.user_joined'
  ])
})

test('the authorization header of the deprecated scheme is sent where it was asked for', async t => {
  const built = await build(t)
  const { url } = built.receiver
  await built.control('POST', '/_mock/reset', {
    subscriptions: [{ url, authorization: 'legacy-token' }]
  })

  await joined(built)

  assert.equal(built.receiver.received[0]?.headers['authorization'], 'legacy-token')
})

test('an endpoint is challenged every 72 hours, and answers for itself', async t => {
  const { mock, receiver } = await build(t)

  await mock.clock.advance('9 days')

  const challenges = receiver.received.filter(
    ({ document }) => document.event === 'endpoint.url_validation'
  )
  assert.equal(challenges.length, 3)
  assert.ok(challenges.every(isGenuine))
  assert.deepEqual(Object.keys(challenges[0]?.document ?? {}), ['payload', 'event_ts', 'event'])
  assert.equal(mock.world().journal.list({ match: { kind: 'webhook.validated' } }).length, 3)
})

test('after two and four failed challenges there is an e-mail, after six the subscription is shut off', async t => {
  const built = await build(t)
  const { mock, receiver, control } = built
  receiver.answersChallenges(() => ({ body: '{"plainToken":"x","encryptedToken":"y"}' }))

  await mock.clock.advance('15 days')
  await joined(built)
  const heard = receiver.events().length
  await mock.clock.advance('3 days')
  built.call('another').join('Ben')
  await mock.clock.advance('1 min')

  const words = mock.world().alertLog.all.map(({ message }) => message)
  assert.equal(heard, 2, 'after five failures it is still told')
  assert.equal(receiver.events().length, 2, 'after six it is told nothing')
  assert.deepEqual(
    words.map(text => text.split(':')[0]),
    ['e-mail', 'e-mail', 'the subscription is shut off']
  )
  assert.match(words[0] ?? '', /2 validations.*plainToken is not the one that was sent/)
  assert.equal(mock.world().journal.list({ match: { kind: 'webhook.skipped' } }).length, 2)

  receiver.answersChallenges(() => 'right')
  const [{ id }] = Object.values((await control('GET', '/_mock/subscriptions')).body).map(Object)
  const { body } = await control('POST', `/_mock/subscriptions/${id}/validate`)
  built.call('third').join('Carla')
  await mock.clock.advance(0)

  assert.equal(body['status'], 'active')
  assert.equal(receiver.events().length, 4)
})

test('a challenge that is answered wrongly says what is wrong', async t => {
  const { mock, receiver, control } = await build(t)
  const [{ id }] = Object.values((await control('GET', '/_mock/subscriptions')).body).map(Object)
  const wrong: [answer: { status?: number; body?: string }, reason: RegExp][] = [
    [{ status: 204 }, /answered 204/],
    [{ status: 500 }, /answered 500/],
    [{ body: 'ok' }, /no JSON object/],
    [{ body: 'null' }, /no JSON object/],
    [{ body: '{}' }, /plainToken/]
  ]

  for (const [answer, reason] of wrong) {
    receiver.answersChallenges(() => answer)
    await control('POST', `/_mock/subscriptions/${id}/validate`)
    const last = mock
      .world()
      .journal.list({ match: { kind: 'webhook.validation_failed' } })
      .at(-1)
    assert.match(String(last?.['reason']), reason)
  }
})

test('a new subscription is challenged first, and told nothing until it has answered', async t => {
  const built = await build(t, { subscriptions: [] })
  const { receiver, control, api, mock } = built
  receiver.answersChallenges(() => ({ status: 500 }))

  const { body } = await control('POST', '/_mock/subscriptions', { url: receiver.url })
  await joined(built)
  assert.equal(body['status'], 'pending')
  assert.deepEqual(receiver.events(), [])

  receiver.answersChallenges(() => 'right')
  const made = await api('POST', '/marketplace/app/event_subscription', {
    events: ['session.ended'],
    event_webhook_url: receiver.url,
    event_subscription_name: 'Ends'
  })
  await mock.clock.advance(0)
  built.call('call-0001').join('Ben').leaves()
  await mock.clock.advance(0)
  await api(
    'DELETE',
    `/marketplace/app/event_subscription/${String(made.body['event_subscription_id'])}`
  )

  assert.equal(made.status, 201)
  assert.deepEqual(receiver.events(), [])
})

test('faults lose, repeat, delay, reorder and spoil what the application is told', async t => {
  const told = async (fault: object) => {
    const built = await build(t)
    const effect = { type: 'callback', status: 'session.started', ...fault }
    const { status } = await built.control('POST', '/_mock/faults', { effect })
    assert.equal(status, 201)
    await joined(built)
    const atOnce = built.receiver.events().length
    await built.mock.clock.advance('2 min')
    const { received } = built.receiver
    return { built, atOnce, events: built.receiver.events(), received }
  }
  const isStart = ({ document }: ReceivedWebhook) => document.event === 'session.started'

  const dropped = await told({ fault: 'drop' })
  const twice = await told({ fault: 'duplicate', times: 3, ms: 1000 })
  const late = await told({ fault: 'delay', ms: 60_000 })
  const behind = await told({ fault: 'reorder' })
  const forged = await told({ fault: 'wrong_signature' })
  const less = await told({ fault: 'missing_parameter', parameter: 'start_time' })
  const more = await told({ fault: 'extra_parameter', parameter: 'surplus', value: 'x' })
  const wrongly = await told({ fault: 'wrong_method' })

  assert.deepEqual(dropped.events, ['session.user_joined'])
  assert.equal(twice.events.filter(event => event === 'session.started').length, 3)
  assert.deepEqual([late.atOnce, late.events.at(-1)], [1, 'session.started'])
  assert.deepEqual(
    behind.built.mock.world().journal.list({ match: { kind: 'webhook.kept_back' } }).length,
    1
  )
  assert.equal(behind.atOnce, 2)
  const start = forged.received.find(isStart)
  assert.ok(start !== undefined && !isGenuine(start))
  assert.equal(less.received.find(isStart)?.document.payload?.object?.['start_time'], undefined)
  assert.equal(more.received.find(isStart)?.document.payload?.object?.['surplus'], 'x')
  assert.ok(wrongly.received.some(({ method }) => method === 'GET'))
})

test('an event can be had once more, at once or late, and every attempt shows what was signed', async t => {
  const built = await build(t)
  const { control, receiver, mock } = built
  await joined(built)
  const query = '/_mock/webhooks?event=session.started&session_name=call-0001'
  const [first] = Object.values((await control('GET', query)).body).map(Object)

  const { status, body } = await control('POST', `/_mock/webhooks/${first.id}/replay`, { times: 2 })
  await control('POST', `/_mock/webhooks/${first.id}/replay`, { late_by_ms: 3_600_000 })
  const none = await control('POST', '/_mock/webhooks/none/replay', {})
  await mock.clock.advance('2 h')

  assert.equal(status, 202)
  assert.equal(Object.values(Object(body['ids'])).length, 2)
  assert.equal(none.status, 404)
  assert.equal(receiver.events().filter(event => event === 'session.started').length, 4)
  const [attempt] = first.attempts
  assert.equal(attempt.signed, `v0:${mock.clock.now() / 1000 - 7200}:${first.body}`)
  assert.equal(attempt.signature, signature(secretToken, attempt.signed.split(':')[1], first.body))
})
