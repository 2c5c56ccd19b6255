import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { developmentAccount } from '../../mock-twilio/development-account.ts'
import { firstNumber, person, startOfTest } from './judged-mock.ts'
import { anSdk } from './mocked-sdk.ts'

const service = developmentAccount.messagingServiceSid

test('a message is sent, followed to its delivery, blotted out and deleted', async t => {
  const { withKey: client, mock, receiver } = await anSdk(t)

  const message = await client.messages.create({
    to: person,
    from: firstNumber,
    body: 'Your bus is late — by 10 min',
    statusCallback: `${receiver.url}/status`
  })
  assert.deepEqual([message.status, message.numSegments, message.errorCode], ['queued', '1', null])
  assert.equal(message.dateCreated.getTime(), startOfTest)

  await mock.clock.advance('1 min')
  const delivered = await client.messages(message.sid).fetch()
  assert.equal(delivered.status, 'delivered')
  assert.ok(delivered.dateSent >= message.dateCreated)

  assert.equal((await delivered.update({ body: '' })).body, '')
  assert.equal(await delivered.remove(), true)
  await assert.rejects(client.messages(message.sid).fetch(), { code: 20404, status: 404 })
})

test('lists are paged through to the end, newest first', async t => {
  const { withKey: client } = await anSdk(t)
  const sids: string[] = []
  for (let index = 0; index < 7; index++) {
    const { sid } = await client.messages.create({
      to: person,
      from: firstNumber,
      body: `${index}`
    })
    sids.unshift(sid)
  }

  const all = await client.messages.list({ to: person, pageSize: 3 })
  const some = await client.messages.list({ limit: 4 })
  const sentSoFar = await client.messages.list({ dateSentAfter: new Date(startOfTest) })

  assert.deepEqual(
    all.map(({ sid }) => sid),
    sids
  )
  assert.equal(some.length, 4)
  assert.deepEqual(sentSoFar, [])
})

test('a scheduled message is taken back', async t => {
  const { withKey: client } = await anSdk(t)

  const message = await client.messages.create({
    to: person,
    messagingServiceSid: service,
    body: 'School is closed',
    scheduleType: 'fixed',
    sendAt: new Date(startOfTest + 3_600_000)
  })
  const canceled = await client.messages(message.sid).update({ status: 'canceled' })

  assert.deepEqual([message.status, canceled.status], ['scheduled', 'canceled'])
  await assert.rejects(client.messages(message.sid).update({ status: 'canceled' }), {
    code: 30409,
    status: 409
  })
})

test('media are listed and fetched', async t => {
  const { withKey: client } = await anSdk(t)
  const message = await client.messages.create({
    to: person,
    from: firstNumber,
    mediaUrl: ['https://example.com/a.png', 'https://example.com/b.gif']
  })

  const media = await client.messages(message.sid).media.list()
  const [first] = media
  const fetched = await client
    .messages(message.sid)
    .media(first?.sid ?? '')
    .fetch()

  assert.deepEqual([message.numMedia, media.length, fetched.contentType], ['2', 2, 'image/png'])
})

test('refusals are exceptions with code, status and more to read', async t => {
  const { withKey: client, withWrongToken, mock } = await anSdk(t)

  await assert.rejects(
    client.messages.create({ to: '555', from: firstNumber, body: 'Hello' }),
    (error: unknown) => {
      assert.ok(error instanceof twilio.RestException)
      assert.deepEqual([error.code, error.status], [21211, 400])
      assert.equal(error.moreInfo, 'https://www.twilio.com/docs/errors/21211')
      return true
    }
  )
  await assert.rejects(withWrongToken.messages.list(), { code: 20003, status: 401 })
  mock.world().faults.add({ effect: { type: 'http', status: 429 }, count: 1 })
  await assert.rejects(client.messages.list(), { code: 20429, status: 429 })
})

test('accounts and keys are managed', async t => {
  const { withToken: client } = await anSdk(t)

  const account = await client.api.v2010.accounts(developmentAccount.accountSid).fetch()
  const child = await client.api.v2010.accounts.create({ friendlyName: 'North' })
  const accounts = await client.api.v2010.accounts.list()
  const created = await client.newKeys.create({ friendlyName: 'CI' })
  const key = await client.keys(created.sid).fetch()
  const keys = await client.keys.list()

  assert.equal(account.status, 'active')
  assert.equal(child.ownerAccountSid, account.sid)
  assert.equal(accounts.length, 2)
  assert.ok(created.secret.length > 0)
  assert.equal(key.friendlyName, 'CI')
  assert.equal(keys.length, 2)
  assert.equal(await key.remove(), true)
})

test('numbers are bought, changed, found and released', async t => {
  const { withKey: client } = await anSdk(t)

  const number = await client.incomingPhoneNumbers.create({ phoneNumber: '+12125550147' })
  const updated = await client
    .incomingPhoneNumbers(number.sid)
    .update({ smsUrl: 'https://example.com/sms' })
  const found = await client.incomingPhoneNumbers.list({ phoneNumber: '+12125550147' })

  assert.equal(updated.smsUrl, 'https://example.com/sms')
  assert.equal(found[0]?.sid, number.sid)
  assert.equal(number.capabilities.sms, true)
  assert.equal(await client.incomingPhoneNumbers(number.sid).remove(), true)
})

test('messaging services and their numbers are managed, page by page', async t => {
  const { withKey: client } = await anSdk(t)
  const created = await client.messaging.v1.services.create({ friendlyName: 'Bus office' })
  const number = await client.incomingPhoneNumbers.create({ areaCode: '212' })

  const member = await client.messaging.v1
    .services(created.sid)
    .phoneNumbers.create({ phoneNumberSid: number.sid })
  const services = await client.messaging.v1.services.list({ pageSize: 1 })
  const updated = await client.messaging.v1
    .services(created.sid)
    .update({ useInboundWebhookOnNumber: true })
  const pool = await client.messaging.v1.services(created.sid).phoneNumbers.list()

  assert.deepEqual(member.capabilities, ['Voice', 'SMS', 'MMS'])
  assert.equal(services.length, 2)
  assert.equal(updated.useInboundWebhookOnNumber, true)
  assert.deepEqual(
    pool.map(({ phoneNumber }) => phoneNumber),
    [number.phoneNumber]
  )
  assert.equal(
    await client.messaging.v1.services(created.sid).phoneNumbers(number.sid).remove(),
    true
  )
  assert.equal(await client.messaging.v1.services(created.sid).remove(), true)
})

test('a number is looked up: valid, of which line, unknown, or not found', async t => {
  const { withKey: client, mock } = await anSdk(t)
  const world = mock.world()
  world.lineTypes.set('+16015550143', 'unknown').set('+16015550144', 'not_found')
  const lookUp = (number: string) =>
    client.lookups.v2.phoneNumbers(number).fetch({ fields: 'line_type_intelligence' })

  const mobile = await lookUp(person)
  const landline = await lookUp('+16015550149')
  const unknown = await lookUp('+16015550143')
  const bare = await client.lookups.v2.phoneNumbers('(601) 555-0123').fetch({ countryCode: 'US' })
  const tooLong = await lookUp('+160155501234')

  assert.equal(mobile.lineTypeIntelligence.type, 'mobile')
  assert.equal(landline.lineTypeIntelligence.type, 'landline')
  const { type, errorCode } = unknown.lineTypeIntelligence
  assert.deepEqual([type, errorCode], [null, 60600])
  assert.deepEqual(
    [bare.phoneNumber, bare.nationalFormat, bare.valid, bare.lineTypeIntelligence],
    [person, '(601) 555-0123', true, null]
  )
  assert.deepEqual([tooLong.valid, tooLong.validationErrors], [false, ['TOO_LONG']])
  await assert.rejects(lookUp('+16015550144'), { code: 20404, status: 404 })
  world.faults.add({ match: { operation: 'fetch-lookup' }, effect: { type: 'http', status: 503 } })
  await assert.rejects(lookUp(person), { code: 20503, status: 503 })
})

test('a callback passes the check of the SDK, and a changed one does not', async t => {
  const { withKey: client, mock, receiver } = await anSdk(t)
  const url = `${receiver.url}/status`
  await client.messages.create({ to: person, from: firstNumber, body: 'Hi', statusCallback: url })

  await mock.clock.advance('1 min')

  const [callback] = receiver.received
  const signature = String(callback?.headers['x-twilio-signature'])
  const isValid = (form: Record<string, string>) =>
    twilio.validateRequest(developmentAccount.authToken, signature, url, form)
  assert.ok(isValid(callback?.form ?? {}))
  assert.ok(!isValid({ ...callback?.form, MessageStatus: 'delivered' }))
})
