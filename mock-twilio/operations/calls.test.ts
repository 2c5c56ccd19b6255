import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import {
  account,
  build,
  firstNumber,
  person,
  type Built,
  type FormValues
} from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../development-account.ts'
import { phone } from '../testing/phone.ts'

const call = ({ request, receiver }: Built, form: FormValues = {}) =>
  request('POST', `${account}/Calls.json`, {
    To: person,
    From: firstNumber,
    Url: `${receiver.url}/voice`,
    ...form
  })

test('a call begins queued, with nothing known of it yet', async t => {
  const built = await build(t)

  const { status, body } = await call(built)

  assert.equal(status, 201)
  assert.match(body.sid, /^CA[0-9a-f]{32}$/)
  const { direction, start_time, end_time, duration, price, answered_by, queue_time } = body
  assert.deepEqual(
    [body['status'], direction, start_time, end_time, duration, price, answered_by, queue_time],
    ['queued', 'outbound-api', null, null, null, null, null, '0']
  )
  assert.deepEqual(
    [body['from_formatted'], body['to_formatted'], body['phone_number_sid']],
    ['(601) 555-0100', '(601) 555-0123', 'PN00000000000000000000000000000001']
  )
})

test('what is wrong with a call is refused with its code, and nobody is called', async t => {
  const built = await build(t)
  const refusals: [number, FormValues][] = [
    [21201, { To: '' }],
    [21211, { To: 'mum' }],
    [21213, { From: '' }],
    [21212, { From: 'School' }],
    [21212, { From: '+15005550001' }],
    [21210, { From: '+16015550199' }],
    [21205, { Url: '' }],
    [21205, { Url: 'voice.xml' }],
    [21218, { ApplicationSid: `AP${'0'.repeat(32)}` }],
    [21658, { Url: '', Twiml: `<Response>${' '.repeat(4000)}</Response>` }],
    [21209, { Method: 'PUT' }],
    [21402, { FallbackUrl: 'fallback' }],
    [21609, { StatusCallback: 'status' }],
    [21626, { StatusCallbackEvent: ['answered', 'hung-up'] }],
    [21206, { SendDigits: '12x' }],
    [21208, { Timeout: 601 }],
    [21234, { MachineDetection: 'true' }],
    [21263, { MachineDetection: 'Enable', MachineDetectionTimeout: 2 }],
    [20001, { TimeLimit: 'long' }],
    [21217, { To: '+15005550001' }],
    [21214, { To: '+15005550002' }],
    [21215, { To: '+15005550003' }],
    [21216, { To: '+15005550004' }]
  ]

  for (const [code, form] of refusals) {
    const { status, body } = await call(built, form)
    assert.deepEqual([status, body['code']], [400, code], JSON.stringify(form))
  }

  assert.equal(built.mock.world().calls.size, 0)
  assert.equal(built.mock.world().agenda.size, 0)
})

test('magic numbers call with test credentials, and nothing is kept', async t => {
  const built = await build(t, [
    {
      account_sid: developmentAccount.accountSid,
      auth_token: developmentAccount.authToken,
      test_credentials: true
    }
  ])

  assert.equal((await call(built, { From: '+15005550006' })).status, 201)
  assert.equal((await call(built)).body['code'], 21210)
  await built.mock.clock.advance('1 min')
  assert.equal(built.receiver.received.length, 0)
})

test('calls are listed newest first, by who, whither, how they stand and when they began', async t => {
  const built = await build(t)
  const other = '+16015550124'
  phone(built.mock, other).isBusy()
  const first = await call(built)
  await built.mock.clock.advance('1 h')
  const second = await call(built, { To: other })
  await built.mock.clock.advance('1 h')
  const third = await call(built)
  const list = async (query: FormValues) => {
    const { body } = await built.request('GET', `${account}/Calls.json`, query)
    const { calls } = body
    return Array.isArray(calls) ? calls.map(({ sid }: { sid: string }) => sid) : []
  }

  assert.deepEqual(await list({}), [third.body.sid, second.body.sid, first.body.sid])
  assert.deepEqual(await list({ To: other }), [second.body.sid])
  assert.deepEqual(await list({ From: firstNumber, Status: 'completed' }), [first.body.sid])
  assert.deepEqual(await list({ Status: 'busy' }), [second.body.sid])
  assert.deepEqual(await list({ 'StartTime>': '2026-11-23T12:30:00Z' }), [second.body.sid])
  assert.deepEqual(await list({ 'EndTime<': '2026-11-23T12:30:00Z' }), [first.body.sid])
  assert.deepEqual(await list({ ParentCallSid: first.body.sid }), [])
  assert.deepEqual(await list({ PageSize: 1, Page: 0 }), [third.body.sid])
})

test('a call is taken back before it is answered, and ended after', async t => {
  const built = await build(t)
  built.receiver.answers(() => ({ body: '<Response><Pause length="600"/></Response>' }))
  const update = (sid: string, form: FormValues) =>
    built.request('POST', `${account}/Calls/${sid}.json`, form)
  const early = (await call(built)).body.sid
  const late = (await call(built)).body.sid

  const canceled = await update(early, { Status: 'canceled' })
  await built.mock.clock.advance('1 min')
  const tooLate = await update(late, { Status: 'canceled' })
  const ended = await update(late, { Status: 'completed' })
  const again = await update(late, { Status: 'completed' })

  assert.deepEqual([canceled.status, canceled.body['status']], [200, 'canceled'])
  assert.deepEqual([tooLate.status, tooLate.body['code']], [400, 21220])
  assert.deepEqual([ended.body['status'], again.body['code']], ['completed', 21220])
  assert.ok(Number(ended.body['duration']) > 40)
})

test('a call in progress goes on with another document at once', async t => {
  const built = await build(t)
  built.receiver.answers(() => ({ body: '<Response><Pause length="600"/></Response>' }))
  const { sid } = (await call(built)).body
  await built.mock.clock.advance('20 s')

  await built.request('POST', `${account}/Calls/${sid}.json`, {
    Twiml: '<Response><Say>All clear</Say></Response>'
  })
  await built.mock.clock.advance('20 s')

  phone(built.mock, person).hears('All clear')
  const { body } = await built.request('GET', `${account}/Calls/${sid}.json`)
  assert.equal(body['status'], 'completed')
})

test('a call is deleted when it is over, not before', async t => {
  const built = await build(t)
  const { sid } = (await call(built)).body
  const path = `${account}/Calls/${sid}.json`

  const early = await built.request('DELETE', path)
  await built.mock.clock.advance('1 min')
  const late = await built.request('DELETE', path)

  assert.deepEqual([early.status, early.body['code'], late.status], [409, 20009, 204])
  assert.equal((await built.request('GET', path)).status, 404)
})

test('nonsense about a call is refused, and never an accident', async t => {
  const { mock, request } = await build(t)
  const names =
    'To From Url Twiml Method Timeout SendDigits StatusCallback StatusCallbackEvent MachineDetection MachineDetectionTimeout TimeLimit ApplicationSid AsyncAmd Status PageSize StartTime'.split(
      ' '
    )
  const value = fc.oneof(
    fc.constantFrom('', '0', '-1', '1e9', '🚌', '\u0000', '__proto__', 'x'.repeat(5000)),
    fc.constantFrom(person, firstNumber, 'http://127.0.0.1:9/x', '<Response/>', '<a', 'Enable'),
    fc.string()
  )
  const form = fc.dictionary(fc.constantFrom(...names), value, { noNullPrototype: true })
  const ask = fc.constantFrom('POST', 'GET', 'DELETE')
  const seed = Number(process.env['TEST_SEED'] ?? 601_555)
  const path = fc.constantFrom(
    'Calls.json',
    'Calls/__proto__.json',
    `Calls/CA${'0'.repeat(32)}.json`
  )

  await fc.assert(
    fc.asyncProperty(ask, path, form, async (method, end, given) => {
      const { status } = await request(method, `${account}/${end}`, given)
      assert.ok(status < 500, `${method} ${end} ${JSON.stringify(given)}`)
    }),
    { numRuns: 500, seed }
  )
  assert.ok(mock.world().calls.size < 500)
})
