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

for (const call of ['create', 'update'] as const) {
  test(`test_mock_incoming_phone_numbers: ${call}, with the fields that the gem wants filled`, async t => {
    const { sdk, ask, control } = await asTheGem(t)
    const reset = await control('POST', '/_mock/reset', { gem_compat: true })
    const path = `${gemAccount}/IncomingPhoneNumbers`

    const { body } =
      call === 'create'
        ? await ask('POST', `${path}.json`, { PhoneNumber: '+14155552344' })
        : await ask('POST', `${path}/${gem.numberSid}.json`, {
            VoiceUrl: 'http://host.com/incoming'
          })
    const bySdk =
      call === 'create'
        ? await sdk.incomingPhoneNumbers.create({ phoneNumber: '+14155552345' })
        : await sdk
            .incomingPhoneNumbers(gem.numberSid)
            .update({ smsUrl: 'http://host.com/inbound' })

    assert.equal(reset.status, 200)
    for (const [name, prefix] of [
      ['sid', 'PN'],
      ['identity_sid', 'RI'],
      ['address_sid', 'AD'],
      ['emergency_address_sid', 'AD'],
      ['bundle_sid', 'BU']
    ] as const) {
      assert.match(String(body[name]), new RegExp(`^${prefix}[0-9a-f]{32}$`), name)
    }
    assert.ok(body['date_created'] && body['date_updated'])
    assert.equal(body['account_sid'], gem.accountSid)
    assert.match(bySdk.identitySid, /^RI[0-9a-f]{32}$/)
    assert.match(bySdk.bundleSid, /^BU[0-9a-f]{32}$/)
  })
}
