import assert from 'node:assert/strict'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { test, type TestContext } from 'node:test'

import twilio from 'twilio'

import {
  account,
  authorization,
  build,
  firstNumber,
  person
} from '../contracts/twilio/judged-mock.ts'
import type { NewFault } from '../simulator/fault-schema.ts'
import { developmentAccount } from './development-account.ts'

interface Heard {
  status: number | undefined
  headers: IncomingMessage['headers']
  body: string
  /** Why there is no whole answer. */
  error: string | undefined
}

/** A mock on a real socket, under these faults. */
async function underFaults(t: TestContext, ...faults: NewFault[]) {
  const built = await build(t)
  for (const fault of faults) built.mock.world().faults.add(fault)
  const url = await built.mock.app.listen({ port: 0, host: '127.0.0.1' })
  const post = (): Promise<Heard> =>
    new Promise(resolve => {
      const heard: Heard = { status: undefined, headers: {}, body: '', error: undefined }
      const sent = httpRequest(`${url}/api.twilio.com${account}/Messages.json`, {
        method: 'POST',
        agent: false,
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' }
      })
      sent.on('error', error => resolve({ ...heard, error: error.message }))
      sent.on('response', response => {
        heard.status = response.statusCode
        heard.headers = response.headers
        response.setEncoding('utf8')
        response.on('data', part => (heard.body += String(part)))
        response.on('error', error => resolve({ ...heard, error: error.message }))
        response.on('end', () => resolve(heard))
      })
      sent.end(`To=%2B16015550123&From=${encodeURIComponent(firstNumber)}&Body=Hello`)
    })
  const kinds = () => {
    const entries = built.mock.world().journal.list()
    return entries.map(({ kind }) => kind)
  }
  return { ...built, url, post, kinds }
}

function damaged(fault: 'truncated_json' | 'invalid_json' | 'empty_body' | 'wrong_content_type') {
  return async (t: TestContext) => {
    const { post, mock } = await underFaults(t, { effect: { type: 'response', fault } })
    const heard = await post()
    assert.equal(mock.world().messages.size, 1, 'the message was created all the same')
    return heard
  }
}

test('an answer of JSON is cut short, or is none', async t => {
  const truncated = await damaged('truncated_json')(t)
  const invalid = await damaged('invalid_json')(t)
  const empty = await damaged('empty_body')(t)
  const plain = await damaged('wrong_content_type')(t)

  for (const { status, headers, body } of [truncated, invalid, empty]) {
    assert.equal(status, 201)
    assert.match(headers['content-type'] ?? '', /^application\/json/)
    assert.throws(() => JSON.parse(body), SyntaxError)
  }
  assert.match(truncated.body, /^\{"account_sid"/)
  assert.equal(empty.body, '')
  assert.match(plain.headers['content-type'] ?? '', /^text\/plain/)
  assert.ok(JSON.parse(plain.body))
  assert.match(String(truncated.headers['twilio-request-id']), /^RQ/)
})

test('a gateway answers in HTML, before or after Twilio has done its work', async t => {
  const before = await underFaults(t, { effect: { type: 'response', fault: 'html' } })
  const after = await underFaults(t, {
    effect: { type: 'response', fault: 'html', status: 504, processed: true }
  })

  const [early, late] = [await before.post(), await after.post()]

  assert.deepEqual([early.status, late.status], [502, 504])
  assert.match(early.body, /<h1>502 Bad Gateway/)
  assert.match(late.headers['content-type'] ?? '', /text\/html/)
  assert.deepEqual([before.mock.world().messages.size, after.mock.world().messages.size], [0, 1])
  assert.deepEqual(before.kinds(), ['request.damaged'])
})

test('a connection is reset before, or lost after', async t => {
  const reset = await underFaults(t, { effect: { type: 'connection', fault: 'reset' } })
  const lost = await underFaults(t, { effect: { type: 'connection', fault: 'answer_lost' } })

  const heard = [await reset.post(), await lost.post()]

  for (const { error } of heard) assert.match(error ?? '', /hang up|ECONNRESET/)
  assert.deepEqual([reset.mock.world().messages.size, lost.mock.world().messages.size], [0, 1])
  assert.equal(lost.mock.world().concurrentRequests, 0)
})

test('an answer is held back on the virtual clock', async t => {
  const { post, mock } = await underFaults(t, { effect: { type: 'latency', ms: 30_000 } })
  let isAnswered = false
  const answer = post().finally(() => {
    isAnswered = true
  })
  await mock.world().journal.await({ kind: 'request' })

  await mock.clock.advance('29 s')
  const early = isAnswered
  await mock.clock.advance('1 s')

  assert.equal((await answer).status, 201)
  assert.ok(!early)
})

test('a body dribbles in, on the virtual clock or in real time', async t => {
  const effect = { type: 'response', fault: 'slow_body' } as const
  const virtual = await underFaults(t, { effect: { ...effect, ms: 10_000 } })
  const real = await underFaults(t, { effect: { ...effect, ms: 20, real: true } })

  const slow = virtual.post()
  await virtual.mock.world().journal.await({ kind: 'request.damaged' })
  await virtual.mock.clock.advance('1 min')

  for (const { status, body } of [await slow, await real.post()]) {
    assert.equal(status, 201)
    assert.ok(JSON.parse(body))
  }
})

test('who waits for a held answer is cut off when the mock is closed', async t => {
  const { post, mock } = await underFaults(t, { effect: { type: 'latency', ms: 30_000 } })
  const answer = post()
  await mock.world().journal.await({ kind: 'request' })

  await mock.close()

  assert.match((await answer).error ?? '', /hang up|ECONNRESET/)
})

test('more requests at once than the limit are refused, and none of those is processed', async t => {
  const { post, mock } = await underFaults(
    t,
    { effect: { type: 'concurrency', limit: 2 } },
    { effect: { type: 'latency', ms: 1000 }, count: 2 }
  )
  const held = [post(), post()]
  await mock.world().journal.await({ kind: 'request' }, 2)

  const third = await post()
  await mock.clock.advance('1 s')
  const heard = await Promise.all(held)
  const later = await post()

  assert.deepEqual(
    [third, ...heard, later].map(({ status }) => status),
    [429, 201, 201, 201]
  )
  assert.match(third.body, /"code":20429/)
  assert.equal(third.headers['twilio-concurrent-requests'], '3')
  assert.equal(mock.world().messages.size, 3)
})

test('the official SDK waits out a 429 when it is told to, and throws it otherwise', async t => {
  const { url, mock } = await underFaults(t, { effect: { type: 'http', status: 429 }, count: 2 })
  const { accountSid, authToken } = developmentAccount
  class MockedTransport extends twilio.RequestClient {
    override request: twilio.RequestClient['request'] = options => {
      options.uri = options.uri.replace('https://', `${url}/`)
      return super.request(options)
    }
  }
  const client = (autoRetry: boolean) => {
    const httpClient = new MockedTransport({ autoRetry, maxRetryDelay: 10 })
    return twilio(accountSid, authToken, { httpClient })
  }
  const message = { to: person, from: firstNumber, body: 'Hello' }

  await assert.rejects(client(false).messages.create(message), { code: 20429, status: 429 })
  const sent = await client(true).messages.create(message)

  assert.equal(sent.status, 'queued')
  assert.equal(mock.world().messages.size, 1)
  assert.equal(mock.world().faults.list()[0]?.applied, 2)
})

test('a rule that left a request alone explains itself', async t => {
  const { post, mock, control } = await underFaults(
    t,
    { match: { to_suffix: '99' }, effect: { type: 'http', status: 503 } },
    { effect: { type: 'connection', fault: 'reset' }, after: '1 h' }
  )
  await post()
  const [entry] = mock.world().journal.list({ match: { kind: 'request' } })

  const explained = await control('GET', `/_mock/faults/explain?seq=${entry?.seq}`)
  const unexplained = await control('GET', '/_mock/faults/explain?seq=99')
  const listed = await control('GET', '/_mock/faults')
  const awaited = await control('POST', '/_mock/await', {
    match: { kind: 'request.reset' },
    timeout_ms: 1
  })

  assert.deepEqual(explained.body['rules'], [
    { rule: 'fault-2', because: 'it begins at 2026-11-23T13:00:00.000Z' },
    { rule: 'fault-1', because: `to is "${person}", not one that ends in 99` }
  ])
  assert.equal(unexplained.status, 404)
  assert.match(JSON.stringify(listed.body), /not one that ends in 99/)
  assert.match(JSON.stringify(awaited.body['faults']), /fault-1 \(http\) applied 0 times; the last/)
})

test('who is not let in is noted where they wanted to go, without what they brought', async t => {
  const { mock, request } = await build(t)
  const secret = Buffer.from(`${developmentAccount.accountSid}:wrong-token`).toString('base64')
  const inject = (header: string, url: string) =>
    mock.app.inject({ url, headers: { authorization: header } })

  await inject(`Basic ${secret}`, `${account}/Messages.json`)
  await inject(`Basic ${Buffer.from('just-a-token').toString('base64')}`, `${account}.json`)
  await request('DELETE', `${account}/Messages.json`)
  await request('GET', '/nothing/here')

  const noted = mock.world().journal.list()
  assert.deepEqual(
    noted.map(({ kind, code, username }) => [kind, code, username]),
    [
      ['request.refused', 20003, developmentAccount.accountSid],
      ['request.refused', 20003, undefined],
      ['request.refused', 20004, undefined],
      ['request.unknown', undefined, undefined]
    ]
  )
  assert.doesNotMatch(JSON.stringify(noted), /token/)
})
