import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asTheGem, gemAccount } from './as-the-gem.ts'

const local = `${gemAccount}/AvailablePhoneNumbers/US/Local.json`

test('test_mock_available_phone_numbers_local', async t => {
  const { sdk, ask } = await asTheGem(t)

  const [number, ...others] = await sdk
    .availablePhoneNumbers('US')
    .local.list({ limit: 1, smsEnabled: true, mmsEnabled: true })
  const { status, body } = await ask('GET', local, {
    MmsEnabled: true,
    PageSize: 1,
    SmsEnabled: true
  })

  assert.deepEqual(others, [])
  assert.match(number?.phoneNumber ?? '', /^\+1\d{10}$/)
  assert.match(number?.friendlyName ?? '', /^\(\d{3}\) \d{3}-\d{4}$/)
  assert.deepEqual([number?.isoCountry, number?.addressRequirements], ['US', 'none'])
  assert.equal(status, 200)
  const [found, ...more] = Object(body['available_phone_numbers'])
  assert.deepEqual(more, [])
  assert.match(found.lata, /^\d{3}$/)
  assert.match(String(found.latitude), /^[-+]?\d*\.?\d+$/)
  assert.match(String(found.longitude), /^[-+]?\d*\.?\d+$/)
  assert.match(found.postal_code, /^\d{5}$/)
  assert.ok(found.locality && found.rate_center && found.region)
  const { sms, mms, SMS = sms, MMS = mms } = found.capabilities
  assert.deepEqual([SMS, MMS], [true, true])
})

test('the filters may come in any order, and what is found can be bought', async t => {
  const { ask } = await asTheGem(t)

  const one = await ask('GET', `${local}?SmsEnabled=true&PageSize=1&MmsEnabled=true`)
  const other = await ask('GET', `${local}?MmsEnabled=true&SmsEnabled=true&PageSize=1`)
  const [found] = Object(one.body['available_phone_numbers'])
  const bought = await ask('POST', `${gemAccount}/IncomingPhoneNumbers.json`, {
    PhoneNumber: found.phone_number
  })

  assert.deepEqual(one.body['available_phone_numbers'], other.body['available_phone_numbers'])
  assert.deepEqual([bought.status, bought.body['phone_number']], [201, found.phone_number])
})
