import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  developmentAccount,
  developmentAccountSeed
} from '../../mock-twilio/development-account.ts'
import { numberedSid } from '../../mock-twilio/ids.ts'
import { firstNumber, person } from './judged-mock.ts'
import { anSdk } from './mocked-sdk.ts'

test('a subaccount works with credentials of its own until it is suspended', async t => {
  const { withToken: parent, as } = await anSdk(t)
  const { sid, authToken } = await parent.api.v2010.accounts.create({ friendlyName: 'North' })
  const child = as(sid, authToken)

  const number = await child.incomingPhoneNumbers.create({ phoneNumber: '+12125550147' })
  const suspended = await parent.api.v2010.accounts(sid).update({ status: 'suspended' })

  assert.equal(number.accountSid, sid)
  assert.equal(suspended.status, 'suspended')
  await assert.rejects(child.incomingPhoneNumbers.list(), { code: 20005, status: 401 })
  await parent.api.v2010.accounts(sid).update({ status: 'active' })
  assert.equal((await child.incomingPhoneNumbers.list()).length, 1)
})

test('a closed subaccount stays closed, and its numbers are for sale again', async t => {
  const { withToken: parent, as } = await anSdk(t)
  const { sid, authToken } = await parent.api.v2010.accounts.create()
  await as(sid, authToken).incomingPhoneNumbers.create({ phoneNumber: '+12125550147' })

  await parent.api.v2010.accounts(sid).update({ status: 'closed' })

  await assert.rejects(parent.api.v2010.accounts(sid).update({ status: 'active' }), { code: 21479 })
  const number = await parent.incomingPhoneNumbers.create({ phoneNumber: '+12125550147' })
  assert.equal(number.accountSid, developmentAccount.accountSid)
})

test('a key that the API made sends messages, and reaches no keys, accounts and tokens', async t => {
  const { withKey: main, as } = await anSdk(t)
  const { accountSid } = developmentAccount
  const { sid, secret } = await main.newKeys.create({ friendlyName: 'CI' })
  const standard = as(sid, secret, accountSid)

  const message = await standard.messages.create({ to: person, from: firstNumber, body: 'Hello' })

  assert.equal(message.status, 'queued')
  const forbidden = { code: 20003, status: 403 }
  await assert.rejects(standard.keys.list(), forbidden)
  await assert.rejects(standard.api.v2010.accounts(accountSid).fetch(), forbidden)
  await assert.rejects(standard.tokens.create(), forbidden)
  assert.equal((await main.keys.list()).length, 2)
})

test('a token brings relays and ends in time', async t => {
  const { withToken: client } = await anSdk(t)

  const token = await client.tokens.create({ ttl: 3600 })

  assert.equal(token.ttl, '3600')
  assert.equal(token.iceServers.length, 4)
  await assert.rejects(client.tokens.create({ ttl: 86_401 }), { code: 20001 })
  await assert.rejects(client.tokens.create({ ttl: 0 }), { code: 20001 })
})

test('a balance is told', async t => {
  const { withKey: client } = await anSdk(t)

  const { balance, currency } = await client.balance.fetch()

  assert.deepEqual([balance, currency], ['100.00', 'USD'])
})

test('feedback is taken where it was promised', async t => {
  const { withKey: client, mock } = await anSdk(t)
  const letter = { to: person, from: firstNumber, body: 'Your code is 1234' }
  const promised = await client.messages.create({ ...letter, provideFeedback: true })
  const other = await client.messages.create(letter)

  const feedback = await client.messages(promised.sid).feedback.create({ outcome: 'confirmed' })

  assert.deepEqual([feedback.messageSid, feedback.outcome], [promised.sid, 'confirmed'])
  await assert.rejects(client.messages(other.sid).feedback.create(), { code: 20001 })
  const [noted] = mock
    .world()
    .journal.list()
    .filter(({ kind }) => kind === 'message.feedback')
  assert.equal(noted?.['outcome'], 'confirmed')
})

test('media are listed by the day of their making', async t => {
  const { withKey: client } = await anSdk(t)
  const message = await client.messages.create({
    to: person,
    from: firstNumber,
    mediaUrl: ['https://example.com/a.png']
  })
  const { media } = client.messages(message.sid)

  const onTheDay = await media.list({ dateCreated: new Date('2026-11-23T12:00:00Z') })
  const later = await media.list({ dateCreatedAfter: new Date('2026-11-24T00:00:00Z') })
  const earlier = await media.list({ dateCreatedBefore: new Date('2026-11-24T00:00:00Z') })

  assert.deepEqual([onTheDay.length, later.length, earlier.length], [1, 0, 1])
})

test('test credentials reach magic numbers, and nothing else', async t => {
  const testSid = numberedSid('AC', 2)
  const accounts = [
    developmentAccountSeed(),
    { account_sid: testSid, auth_token: 'test-token', test_credentials: true }
  ]
  const { as, mock } = await anSdk(t, accounts)
  const client = as(testSid, 'test-token')

  const message = await client.messages.create({
    to: person,
    from: '+15005550006',
    body: 'Hello',
    statusCallback: 'http://127.0.0.1:9/status'
  })
  const number = await client.incomingPhoneNumbers.create({ phoneNumber: '+15005550006' })
  const lookup = await client.lookups.v2.phoneNumbers(person).fetch()
  await mock.clock.advance('1 h')

  assert.deepEqual([message.status, message.accountSid], ['queued', testSid])
  assert.equal(number.phoneNumber, '+15005550006')
  assert.equal(lookup.valid, true)
  await assert.rejects(client.messages.list(), { code: 20008, status: 403 })
  await assert.rejects(client.incomingPhoneNumbers.list(), { code: 20008, status: 403 })
  const kinds = mock
    .world(testSid)
    .journal.list()
    .map(({ kind }) => kind)
  assert.deepEqual(new Set(kinds), new Set(['request', 'request.refused', 'lookup']))
})
