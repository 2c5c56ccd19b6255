import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asTheGem, gem, gemAccount } from './as-the-gem.ts'

test('test_mock_incoming_phone_numbers: create', async t => {
  const { sdk, ask } = await asTheGem(t)

  const number = await sdk.incomingPhoneNumbers.create({
    phoneNumber: '+14155552344',
    smsUrl: 'http://host.com/inbound',
    voiceUrl: 'http://host.com/incoming'
  })
  const { status, body } = await ask('POST', `${gemAccount}/IncomingPhoneNumbers.json`, {
    PhoneNumber: '+14155552345',
    SmsUrl: 'http://host.com/inbound'
  })

  assert.match(number.sid, /^PN[0-9a-f]{32}$/)
  assert.equal(number.accountSid, gem.accountSid)
  assert.ok(number.dateCreated instanceof Date && number.dateUpdated instanceof Date)
  assert.deepEqual(
    [number.smsUrl, number.voiceUrl],
    ['http://host.com/inbound', 'http://host.com/incoming']
  )
  assert.equal(status, 201)
  assert.deepEqual([body['phone_number'], body['account_sid']], ['+14155552345', gem.accountSid])
})

test('test_mock_incoming_phone_numbers: update', async t => {
  const { sdk, ask } = await asTheGem(t)

  const bySdk = await sdk
    .incomingPhoneNumbers(gem.numberSid)
    .update({ smsUrl: 'http://host.com/inbound' })
  const { status, body } = await ask(
    'POST',
    `${gemAccount}/IncomingPhoneNumbers/${gem.numberSid}.json`,
    { VoiceUrl: 'http://host.com/incoming' }
  )

  // The gem answers with a new sid each time; Twilio with the number's own.
  assert.deepEqual([bySdk.sid, body.sid, status], [gem.numberSid, gem.numberSid, 200])
  assert.deepEqual(
    [body['sms_url'], body['voice_url']],
    ['http://host.com/inbound', 'http://host.com/incoming']
  )
})
