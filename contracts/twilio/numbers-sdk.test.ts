import assert from 'node:assert/strict'
import { test } from 'node:test'

import { developmentAccount } from '../../mock-twilio/development-account.ts'
import { person } from './judged-mock.ts'
import { anSdk } from './mocked-sdk.ts'

test('the countries are listed, each with its kinds of number', async t => {
  const { withKey: client } = await anSdk(t)

  const countries = await client.availablePhoneNumbers.list()
  const britain = await client.availablePhoneNumbers('GB').fetch()

  assert.ok(countries.some(({ countryCode }) => countryCode === 'US'))
  assert.deepEqual(Object.keys(britain.subresourceUris), [
    'local',
    'toll_free',
    'mobile',
    'national'
  ])
  await assert.rejects(client.availablePhoneNumbers('XX').fetch(), { code: 20404, status: 404 })
})

test('a number of every kind is found, and a kind that the country has not is not found', async t => {
  const { withKey: client } = await anSdk(t)
  const of = (country: string) => client.availablePhoneNumbers(country)

  const found = [
    await of('US').local.list({ limit: 1 }),
    await of('CA').tollFree.list({ limit: 1 }),
    await of('GB').mobile.list({ limit: 1 }),
    await of('FR').national.list({ limit: 1 }),
    await of('JP').voip.list({ limit: 1 }),
    await of('PL').sharedCost.list({ limit: 1 }),
    await of('NL').machineToMachine.list({ limit: 1 })
  ]

  assert.deepEqual(
    found.map(([number]) => number?.isoCountry),
    ['US', 'CA', 'GB', 'FR', 'JP', 'PL', 'NL']
  )
  await assert.rejects(of('US').mobile.list({ limit: 1 }), { code: 20404 })
})

test('a number is searched for, bought, gone from the shop, and back when it is released', async t => {
  const { withKey: client } = await anSdk(t)
  const search = () =>
    client.availablePhoneNumbers('US').local.list({ areaCode: 601, smsEnabled: true, limit: 5 })

  const [offered] = await search()
  assert.ok(offered !== undefined)
  const number = await client.incomingPhoneNumbers.create({
    phoneNumber: offered.phoneNumber,
    smsUrl: 'https://example.com/sms'
  })
  const afterwards = await search()
  await client.incomingPhoneNumbers(number.sid).remove()
  const again = await search()

  assert.equal(offered.region, 'MS')
  assert.deepEqual(number.capabilities, offered.capabilities)
  assert.ok(!afterwards.some(({ phoneNumber }) => phoneNumber === offered.phoneNumber))
  assert.equal(again[0]?.phoneNumber, offered.phoneNumber)
})

test('numbers are bought and listed by kind', async t => {
  const { withKey: client } = await anSdk(t)
  const [tollFree] = await client.availablePhoneNumbers('US').tollFree.list({ limit: 1 })
  const [mobile] = await client.availablePhoneNumbers('SE').mobile.list({ limit: 1 })

  const bought = await client.incomingPhoneNumbers.tollFree.create({
    phoneNumber: tollFree?.phoneNumber ?? ''
  })
  await client.incomingPhoneNumbers.mobile.create({ phoneNumber: mobile?.phoneNumber ?? '' })
  await client.incomingPhoneNumbers.local.create({ phoneNumber: '+12125550147' })
  const lists = [
    await client.incomingPhoneNumbers.tollFree.list(),
    await client.incomingPhoneNumbers.mobile.list(),
    await client.incomingPhoneNumbers.local.list()
  ]

  assert.deepEqual(
    lists.map(list => list.length),
    [1, 1, 3]
  )
  assert.deepEqual(bought.capabilities, { voice: true, sms: true, mms: true, fax: false })
  await assert.rejects(
    client.incomingPhoneNumbers.tollFree.create({ phoneNumber: '+12125550148' }),
    {
      code: 21458
    }
  )
})

test('an address is kept, and names the numbers that depend on it', async t => {
  const { withKey: client } = await anSdk(t)
  const address = await client.addresses.create({
    customerName: 'Sardis School',
    street: '114 East Lee Street',
    city: 'Sardis',
    region: 'ms',
    postalCode: '38666',
    isoCountry: 'US',
    emergencyEnabled: true
  })
  const number = await client.incomingPhoneNumbers.create({
    phoneNumber: '+16625550100',
    addressSid: address.sid
  })

  const updated = await client.addresses(address.sid).update({ streetSecondary: 'Room 4' })
  const dependents = await client.addresses(address.sid).dependentPhoneNumbers.list()
  const listed = await client.addresses.list({ isoCountry: 'US', emergencyEnabled: true })

  assert.deepEqual([address.region, address.validated, address.verified], ['MS', true, true])
  assert.equal(updated.streetSecondary, 'Room 4')
  assert.equal(dependents[0]?.phoneNumber, number.phoneNumber)
  assert.equal(listed.length, 1)
  assert.equal((await client.addresses(address.sid).fetch()).customerName, 'Sardis School')
  await assert.rejects(client.addresses(address.sid).remove(), { code: 21630 })
  await client.incomingPhoneNumbers(number.sid).remove()
  assert.equal(await client.addresses(address.sid).remove(), true)
})

test('an application is managed', async t => {
  const { withKey: client } = await anSdk(t)

  const created = await client.applications.create({
    friendlyName: 'Bus office',
    smsUrl: 'https://example.com/sms',
    messageStatusCallback: 'https://example.com/status'
  })
  const updated = await client.applications(created.sid).update({ smsMethod: 'GET' })
  const listed = await client.applications.list({ friendlyName: 'Bus office' })

  assert.equal(created.smsStatusCallback, 'https://example.com/status')
  assert.equal(updated.smsMethod, 'GET')
  assert.equal(listed[0]?.sid, created.sid)
  assert.equal((await client.applications(created.sid).fetch()).friendlyName, 'Bus office')
  assert.equal(await client.applications(created.sid).remove(), true)
})

test('a caller id is proven without a call, renamed and removed', async t => {
  const { withKey: client } = await anSdk(t)

  const request = await client.validationRequests.create({
    phoneNumber: person,
    friendlyName: 'Front desk'
  })
  const [callerId] = await client.outgoingCallerIds.list({ phoneNumber: person })
  assert.ok(callerId !== undefined)
  const renamed = await client.outgoingCallerIds(callerId.sid).update({ friendlyName: 'Gym' })

  assert.match(request.validationCode, /^\d{6}$/)
  assert.equal(callerId.friendlyName, 'Front desk')
  assert.equal(renamed.friendlyName, 'Gym')
  assert.equal((await client.outgoingCallerIds(callerId.sid).fetch()).phoneNumber, person)
  await assert.rejects(client.validationRequests.create({ phoneNumber: person }), { code: 21450 })
  assert.equal(await client.outgoingCallerIds(callerId.sid).remove(), true)
})

test('a seeded short code is set up and joins a service', async t => {
  const { withKey: client, mock } = await anSdk(t)
  const code = mock.world().addShortCode({ short_code: '72724' })
  const service = client.messaging.v1.services(developmentAccount.messagingServiceSid)

  const [listed] = await client.shortCodes.list({ shortCode: '72724' })
  const updated = await client.shortCodes(code.sid).update({ smsUrl: 'https://example.com/sms' })
  const member = await service.shortCodes.create({ shortCodeSid: code.sid })

  assert.equal(listed?.sid, code.sid)
  assert.equal((await client.shortCodes(code.sid).fetch()).smsUrl, updated.smsUrl)
  assert.deepEqual([member.shortCode, member.countryCode], ['72724', 'US'])
  assert.equal((await service.shortCodes(code.sid).fetch()).sid, code.sid)
  assert.equal((await service.shortCodes.list()).length, 1)
  assert.equal((await service.phoneNumbers.list()).length, 2)
  assert.equal(await service.shortCodes(code.sid).remove(), true)
  assert.equal((await service.shortCodes.list()).length, 0)
})

test('an alpha sender joins a service and leaves it', async t => {
  const { withKey: client } = await anSdk(t)
  const service = client.messaging.v1.services(developmentAccount.messagingServiceSid)

  const created = await service.alphaSenders.create({ alphaSender: 'BusOffice' })
  const listed = await service.alphaSenders.list()

  assert.deepEqual(created.capabilities, ['SMS'])
  assert.equal(listed[0]?.alphaSender, 'BusOffice')
  assert.equal((await service.alphaSenders(created.sid).fetch()).sid, created.sid)
  await assert.rejects(service.alphaSenders.create({ alphaSender: '12345' }), { code: 21709 })
  assert.equal(await service.alphaSenders(created.sid).remove(), true)
})

test('an override changes what lookups say of a line', async t => {
  const { withKey: client } = await anSdk(t)
  const override = client.lookups.v2.lookupOverrides('line_type_intelligence', person)
  const lineType = async () => {
    const lookup = client.lookups.v2.phoneNumbers(person)
    return (await lookup.fetch({ fields: 'line_type_intelligence' })).lineTypeIntelligence.type
  }

  const created = await override.create({ lineType: 'landline', reason: 'They told us' })
  const overridden = await lineType()
  const fetched = await override.fetch()
  const updated = await override.update({ lineType: 'nonFixedVoip', reason: 'They told us more' })

  assert.deepEqual([created.originalLineType, created.overriddenLineType], ['mobile', 'landline'])
  assert.equal(overridden, 'landline')
  assert.equal(fetched.overrideReason, 'They told us')
  assert.equal(fetched.overriddenByAccountSid, developmentAccount.accountSid)
  assert.equal(updated.overriddenLineType, 'nonFixedVoip')
  await assert.rejects(override.create({ lineType: 'mobile', reason: '' }), { status: 400 })
  assert.equal(await override.remove(), true)
  assert.equal(await lineType(), 'mobile')
  await assert.rejects(override.fetch(), { code: 20404, status: 404 })
})

test('several numbers are looked up at once', async t => {
  const { withKey: client } = await anSdk(t)

  const { phoneNumbers } = await client.lookups.v2.query.create({
    phoneNumbers: [
      { correlationId: 'a', phoneNumber: person, fields: ['line_type_intelligence'] },
      { correlationId: 'b', phoneNumber: '+1601555' }
    ]
  })

  assert.deepEqual(
    phoneNumbers.map(({ correlationId, valid }) => [correlationId, valid]),
    [
      ['a', true],
      ['b', false]
    ]
  )
})
