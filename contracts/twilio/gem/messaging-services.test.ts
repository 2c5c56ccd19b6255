import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asTheGem, gem } from './as-the-gem.ts'

const pool = `/v1/Services/${gem.serviceSid}/PhoneNumbers`

test('test_mock_messaging_services: phone_numbers_list', async t => {
  const { sdk, ask } = await asTheGem(t)

  const [number, ...others] = await sdk.messaging.v1.services(gem.serviceSid).phoneNumbers.list()
  // The gem asks for a page of one, whatever the limit.
  const { status, body } = await ask('GET', pool, { PageSize: 1 })

  assert.deepEqual(others, [])
  assert.deepEqual(
    [number?.phoneNumber, number?.accountSid, number?.serviceSid],
    [gem.number, gem.accountSid, gem.serviceSid]
  )
  assert.ok(number?.dateCreated instanceof Date && number.dateUpdated instanceof Date)
  assert.equal(status, 200)
  const { key, next_page_url: next } = Object(body['meta'])
  assert.deepEqual([key, next, Object(body['phone_numbers']).length], ['phone_numbers', null, 1])
})

test('test_mock_messaging_services: phone_numbers_create', async t => {
  const { ask, sdk } = await asTheGem(t)
  const other = await sdk.messaging.v1.services.create({ friendlyName: 'Other' })

  const { status, body } = await ask('POST', pool, { PhoneNumberSid: gem.numberSid })
  await sdk.messaging.v1.services(gem.serviceSid).phoneNumbers(gem.numberSid).remove()
  const bySdk = await sdk.messaging.v1
    .services(other.sid)
    .phoneNumbers.create({ phoneNumberSid: gem.numberSid })

  // The gem makes up a sid and a number; Twilio answers with those that joined.
  assert.equal(status, 201)
  assert.deepEqual(
    [body.sid, body['service_sid'], body['account_sid'], body['country_code']],
    [gem.numberSid, gem.serviceSid, gem.accountSid, 'US']
  )
  assert.equal(String(body['phone_number']).length, 12)
  assert.deepEqual([bySdk.sid, bySdk.serviceSid], [gem.numberSid, other.sid])
})

test('test_mock_messaging_services: phone_numbers_fetch', async t => {
  const { sdk, ask } = await asTheGem(t)
  await ask('POST', pool, { PhoneNumberSid: gem.numberSid })

  const number = await sdk.messaging.v1.services(gem.serviceSid).phoneNumbers(gem.numberSid).fetch()
  const { status, body } = await ask('GET', `${pool}/${gem.numberSid}`)
  const absent = await ask('GET', `${pool}/PN${'9'.repeat(32)}`)

  assert.deepEqual([number.sid, body.sid, status], [gem.numberSid, gem.numberSid, 200])
  assert.equal(number.phoneNumber.length, 12)
  assert.deepEqual([absent.status, absent.body['code']], [404, 20404])
})

test('messaging.v1.services(MG).phone_numbers.list is paged to its end', async t => {
  const { sdk, ask } = await asTheGem(t)
  await ask('POST', pool, { PhoneNumberSid: gem.numberSid })

  const numbers = await sdk.messaging.v1.services(gem.serviceSid).phoneNumbers.list({ pageSize: 1 })

  assert.equal(numbers.length, 2)
})
