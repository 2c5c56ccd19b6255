import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asTheGem, gem, gemAccount } from './as-the-gem.ts'

const events = ['initiated', 'ringing', 'answered', 'completed']
const progress = '/api/v1/twilio_calls/participant_status_changes'

test('test_mock_calls: calls', async t => {
  const { sdk, ask, receiver, mock } = await asTheGem(t)
  const statusCallback = receiver.url + progress
  const url = `${receiver.url}/api/v1/twilio_calls/voice_responses`

  const bySdk = await sdk.calls.create({
    to: gem.receiver,
    from: gem.number,
    url,
    method: 'POST',
    statusCallback,
    statusCallbackEvent: events,
    statusCallbackMethod: 'POST',
    timeout: 30
  })
  const byGem = await ask('POST', `${gemAccount}/Calls.json`, {
    To: gem.receiver,
    From: gem.number,
    Url: url,
    Method: 'POST',
    StatusCallback: statusCallback,
    StatusCallbackEvent: events,
    StatusCallbackMethod: 'POST',
    Timeout: 30
  })

  assert.match(bySdk.sid, /^CA[0-9a-f]{32}$/)
  assert.deepEqual([bySdk.direction, bySdk.status], ['outbound-api', 'queued'])
  assert.equal(bySdk.phoneNumberSid, mock.world().numbersByPhone.get(gem.number)?.sid)
  assert.equal(byGem.status, 201)
  assert.deepEqual(
    [byGem.body['direction'], byGem.body['to'], byGem.body['from']],
    ['outbound-api', gem.receiver, gem.number]
  )
})

test('test_mock_services: calls_service, where the call itself goes on to its end', async t => {
  const { sdk, receiver, mock } = await asTheGem(t)
  receiver.answers(({ url }) =>
    url === progress
      ? { status: 204 }
      : { body: '<Response><Say>Hello</Say></Response>', contentType: 'text/xml' }
  )

  const { sid } = await sdk.calls.create({
    to: gem.receiver,
    from: gem.number,
    url: `${receiver.url}/voice`,
    statusCallback: receiver.url + progress,
    statusCallbackEvent: ['ringing', 'completed']
  })
  await mock.clock.advance('1 min')

  const told = receiver.received.filter(({ url }) => url === progress).map(({ form }) => form)
  assert.deepEqual(
    told.map(form => [form['CallSid'], form['CallStatus'], form['SequenceNumber']]),
    [
      [sid, 'ringing', '0'],
      [sid, 'completed', '1']
    ]
  )
})

test('test_mock_webhooks: calls, calls updates', async t => {
  const { sdk, receiver, mock, control } = await asTheGem(t)
  const { sid } = await sdk.calls.create({
    to: gem.receiver,
    from: gem.number,
    twiml: '<Response/>',
    statusCallback: receiver.url + progress
  })
  await mock.clock.advance('1 min')
  receiver.received.length = 0

  const busy = await control('POST', '/_mock/callbacks', { sid, status: 'busy' })
  const again = await control('POST', '/_mock/callbacks', { sid })
  const wrong = await control('POST', '/_mock/callbacks', { sid, status: 'tired' })
  await mock.clock.advance(0)

  assert.deepEqual([busy.status, again.status, wrong.status], [202, 202, 400])
  assert.deepEqual(
    receiver.received.map(({ form }) => form['CallStatus']),
    ['busy', 'completed']
  )
  assert.equal(
    (await sdk.calls(sid).fetch()).status,
    'completed',
    'nothing but the telling happens'
  )
  const gemsOwn = [
    'AccountSid',
    'CallSid',
    'CallStatus',
    'CallbackSource',
    'Direction',
    'Timestamp'
  ]
  for (const name of gemsOwn) assert.ok(receiver.received[0]?.form[name], name)
})
