import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { sign, type FormParameter } from '../../../mock-twilio/callbacks/signature.ts'
import { phone } from '../../../mock-twilio/testing/phone.ts'
import type { ReceivedCallback } from '../../../mock-twilio/testing/receiver.ts'
import { asTheGem, gem, gemAccount, type GemBuilt } from './as-the-gem.ts'

const delivered: FormParameter[] = [
  ['MessageSid', 'SIDTESTING'],
  ['MessageStatus', 'delivered']
]
const application = 'http://forwarded_host.app/'
const inbound: FormParameter[] = [
  ['AccountSid', gem.accountSid],
  ['AddOns', '{"status":"successful","message":null,"code":null,"results":{}}'],
  ['ApiVersion', '2010-04-01'],
  ['Body', 'Inbound::Message mock reply'],
  ['From', '+1987654321'],
  ['FromCity', 'SILVERDALE'],
  ['FromCountry', 'US'],
  ['FromState', 'WA'],
  ['FromZip', '98315'],
  ['MessageSid', 'SIDTESTING'],
  ['MessagingServiceSid', 'MFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFff'],
  ['NumMedia', '0'],
  ['NumSegments', '1'],
  ['SmsMessageSid', 'SIDTESTING'],
  ['SmsSid', 'SIDTESTING'],
  ['SmsStatus', 'received'],
  ['To', '+1123456789'],
  ['ToCity', 'SARDIS'],
  ['ToCountry', 'US'],
  ['ToState', 'MS'],
  ['ToZip', '38666']
]

test('test_mock_webhooks: the signatures that the gem expects', () => {
  const signatureOf = (url: string, parameters: FormParameter[]) =>
    sign(gem.authToken, url, parameters)

  assert.deepEqual(
    {
      message: signatureOf('http://test.com/callback_url', delivered),
      statusUrl: signatureOf(
        'http://shunkan_ido/api/v1/twilio_requests/webhook_message_updates',
        delivered
      ),
      customerProfile: signatureOf(`${application}webhooks/twilio/customer_profiles_compliance`, [
        ['BundleSid', 'SIDTESTING'],
        ['Status', 'in-review']
      ]),
      inbound: signatureOf(`${application}api/v1/twilio_requests/inbound`, inbound)
    },
    {
      message: 'R/t8sPRgN+rlhwL3LEQFwLJl7Jk=',
      statusUrl: 'fSX0swfxH1zw3AxBsY8hFGSlQR4=',
      customerProfile: '3/Xbee9zCe2IfVU8N6olgb3VBXg=',
      inbound: 'Ivv/g+EGMwuhN8+3PpwlsS+A1eg='
    }
  )
})

test('test_mock_webhooks: message_trigger', async t => {
  const { sdk, mock, receiver } = await asTheGem(t)
  const statusCallback = `${receiver.url}/callback_url`

  const { sid } = await sdk.messages.create({ ...aMessage, statusCallback })
  await mock.clock.advance('1 min')

  const last = receiver.received.at(-1)
  assert.deepEqual(
    [last?.url, last?.form['MessageSid'], last?.form['MessageStatus']],
    ['/callback_url', sid, 'delivered']
  )
  assert.ok(receiver.received.every(callback => isGenuine(receiver.url, callback)))
})

for (const [kind, contentType, body] of [
  ['json', 'application/json', '{"error":{"code":50001}}'],
  ['html', 'text/html; charset=UTF-8', '<!DOCTYPE html>\n<html lang="en"></html>']
] as const) {
  test(`test_mock_webhooks: message_trigger_error_${kind}`, async t => {
    const { sdk, mock, receiver } = await asTheGem(t)
    receiver.answers(() => ({ status: 500, contentType, body }))

    await sdk.messages.create({ ...aMessage, statusCallback: `${receiver.url}/callback_url` })
    await mock.clock.advance('1 min')

    // The gem raises; at Twilio it is an alert, and the message is delivered all the same.
    const codes = mock.world().alerts.map(({ code }) => code)
    assert.deepEqual(new Set(codes), new Set([11200]))
  })
}

test('test_mock_webhooks: message_inbound_trigger', async t => {
  const { mock, receiver } = await asTheGem(t)

  await phone(mock, '+19876543210').texts(gem.number, 'Inbound::Message mock reply')

  const [told] = receiver.received
  const notByTheGem = new Set(['AddOns'])
  const missing = inbound.filter(([name]) => !(name in (told?.form ?? {})))
  assert.equal(told?.url, '/api/v1/twilio_requests/inbound')
  assert.deepEqual(
    missing.map(([name]) => name),
    [...notByTheGem]
  )
  // The gem leaves sender and receiver as they were in the message it answers; a person is the sender.
  assert.deepEqual([told.form['From'], told.form['To']], ['+19876543210', gem.number])
  assert.deepEqual(
    [told.form['SmsStatus'], told.form['MessagingServiceSid'], told.form['AccountSid']],
    ['received', gem.serviceSid, gem.accountSid]
  )
  assert.ok(isGenuine(receiver.url, told))
})

test('test_mock_webhooks: message_status_url_trigger', async t => {
  const { sdk, mock, receiver } = await asTheGem(t)
  // What the gem configures for all messages, Twilio configures for a service.
  await sdk.messaging.v1
    .services(gem.serviceSid)
    .update({ statusCallback: `${receiver.url}/webhook_message_updates` })

  await sdk.messages.create({
    to: gem.receiver,
    body: gem.body,
    messagingServiceSid: gem.serviceSid
  })
  await mock.clock.advance('1 min')

  const last = receiver.received.at(-1)
  assert.deepEqual(
    [last?.url, last?.form['MessageStatus']],
    ['/webhook_message_updates', 'delivered']
  )
})

test('test_mock_webhooks: message_urls_trigger_error', async t => {
  const { sdk, mock, receiver } = await asTheGem(t)

  const { sid } = await sdk.messages.create(aMessage)
  await mock.clock.advance('1 min')

  // The gem raises; at Twilio a message without an address to tell is delivered, and nobody is told.
  assert.deepEqual(receiver.received, [])
  assert.equal((await sdk.messages(sid).fetch()).status, 'delivered')
})

test('Webhooks.trigger posts one webhook of a message, a customer profile or a brand, on demand', async t => {
  const { sdk, mock, receiver, control } = await asTheGem(t)
  await control('POST', '/_mock/reset', { event_sink_url: `${receiver.url}/brands_compliance` })
  const message = await sdk.messages.create({ ...aMessage, statusCallback: `${receiver.url}/m` })
  const profile = await sdk.trusthub.v1.customerProfiles.create({
    friendlyName: 'Test',
    email: 'test@test.com',
    policySid: `RN${'F'.repeat(32)}`,
    statusCallback: `${receiver.url}/customer_profiles_compliance`
  })
  const brand = await sdk.messaging.v1.brandRegistrations.create({
    customerProfileBundleSid: profile.sid,
    a2PProfileBundleSid: profile.sid,
    mock: true
  })

  const answers = [
    await control('POST', '/_mock/callbacks', { sid: message.sid, status: 'delivered' }),
    await control('POST', '/_mock/callbacks', { sid: profile.sid, status: 'in-review' }),
    await control('POST', '/_mock/callbacks', { sid: brand.sid, status: 'brand-verified' })
  ]
  await mock.clock.advance(0)

  assert.deepEqual(
    answers.map(({ status }) => status),
    [202, 202, 202]
  )
  const told = (path: string) => receiver.received.find(({ url }) => url.startsWith(path))
  assert.equal(told('/m')?.form['MessageStatus'], 'delivered')
  assert.deepEqual(
    [
      told('/customer_profiles_compliance')?.form['BundleSid'],
      told('/customer_profiles_compliance')?.form['Status']
    ],
    [profile.sid, 'in-review']
  )
  assert.match(told('/brands_compliance')?.body ?? '', /brand-registration\.brand-verified/)
  assert.equal(receiver.received.length, 3)
  assert.equal((await sdk.trusthub.v1.customerProfiles(profile.sid).fetch()).status, 'draft')
})

test('behind the gem, which posts webhooks of its own, the mock posts none', async t => {
  const { sdk, ask, control, mock, receiver } = await asTheGem(t)
  await control('POST', '/_mock/reset', { callbacks: 'off' })
  const statusCallback = `${receiver.url}/callback_url`

  const { sid } = await sdk.messages.create({ ...aMessage, statusCallback })
  await ask('POST', `${gemAccount}/Messages.json`, {
    To: gem.receiver,
    From: gem.number,
    Body: gem.body,
    StatusCallback: statusCallback
  })
  await phone(mock, '+19876543210').texts(gem.number, 'Hello')
  await mock.clock.advance('1 min')

  assert.deepEqual(receiver.received, [])
  assert.equal((await sdk.messages(sid).fetch()).status, 'delivered')
})

const aMessage = { to: gem.receiver, from: gem.number, body: gem.body }

function isGenuine(application: GemBuilt['receiver']['url'], callback: ReceivedCallback): boolean {
  const signature = String(callback.headers['x-twilio-signature'])
  const url = application + callback.url
  return twilio.validateRequest(gem.authToken, signature, url, callback.form)
}
