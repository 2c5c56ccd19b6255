import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asTheGem, gem, gemAccount } from './as-the-gem.ts'

test('test_mock_incoming_phone_numbers: update, with applications', async t => {
  const { sdk, ask } = await asTheGem(t)
  const { sid } = await sdk.applications.create({ friendlyName: 'Voice and texts' })

  const number = await sdk
    .incomingPhoneNumbers(gem.numberSid)
    .update({ smsApplicationSid: sid, voiceApplicationSid: sid })
  const { status, body } = await ask(
    'POST',
    `${gemAccount}/IncomingPhoneNumbers/${gem.numberSid}.json`,
    { SmsApplicationSid: sid, VoiceApplicationSid: sid }
  )

  assert.deepEqual([number.sid, number.smsApplicationSid], [gem.numberSid, sid])
  assert.equal(status, 200)
  assert.deepEqual([body['sms_application_sid'], body['voice_application_sid']], [sid, sid])
})

test('test_mock_incoming_phone_numbers: create, with the fields that the gem wants filled', async t => {
  const { ask, control } = await asTheGem(t)
  const reset = await control('POST', '/_mock/reset', { gem_compat: true })

  const { status, body } = await ask('POST', `${gemAccount}/IncomingPhoneNumbers.json`, {
    PhoneNumber: '+14155552344'
  })

  assert.equal(reset.status, 200)
  assert.equal(status, 201)
  assert.match(String(body['identity_sid']), /^RI[0-9a-f]{32}$/)
  assert.match(String(body['address_sid']), /^AD[0-9a-f]{32}$/)
  assert.match(String(body['emergency_address_sid']), /^AD[0-9a-f]{32}$/)
  assert.match(String(body['bundle_sid']), /^BU[0-9a-f]{32}$/)
})
