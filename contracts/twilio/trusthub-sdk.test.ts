import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { developmentAccount } from '../../mock-twilio/development-account.ts'
import { policySids } from '../../mock-twilio/testing/district.ts'
import { anSdk } from './mocked-sdk.ts'

const email = 'compliance@district.example'
const anyPolicy = `RN${'F'.repeat(32)}`

// In twilio 6.2.0 a bundle that was created or listed does not know its own sid: profile.update() throws.

test('a customer profile is made, evaluated, handed in, listed and deleted', async t => {
  const { withKey: client, mock } = await anSdk(t)
  const { customerProfiles, endUsers } = client.trusthub.v1
  const [number] = await client.incomingPhoneNumbers.list()

  const profile = await customerProfiles.create({
    friendlyName: 'North',
    email,
    policySid: policySids.starterProfile
  })
  assert.deepEqual([profile.status, profile.errors, profile.validUntil], ['draft', null, null])
  const renamed = await customerProfiles(profile.sid).update({ friendlyName: 'South' })
  assert.equal(renamed.friendlyName, 'South')

  const entities = customerProfiles(profile.sid).customerProfilesEntityAssignments
  const endUser = await endUsers.create({
    friendlyName: 'Ada',
    type: 'starter_customer_profile_information',
    attributes: { first_name: 'Ada', last_name: 'Byron' }
  })
  const entity = await entities.create({ objectSid: endUser.sid })
  assert.equal((await entities(entity.sid).fetch()).objectSid, endUser.sid)
  assert.equal((await entities.list({ objectType: endUser.type })).length, 1)

  const endpoints = customerProfiles(profile.sid).customerProfilesChannelEndpointAssignment
  const endpoint = await endpoints.create({
    channelEndpointType: 'phone-number',
    channelEndpointSid: String(number?.sid)
  })
  assert.equal((await endpoints(endpoint.sid).fetch()).channelEndpointSid, number?.sid)
  assert.equal((await endpoints.list({ limit: 20 })).length, 1)
  assert.equal(await endpoints(endpoint.sid).remove(), true)

  const evaluations = customerProfiles(profile.sid).customerProfilesEvaluations
  const evaluation = await evaluations.create({ policySid: policySids.starterProfile })
  assert.equal(evaluation.status, 'noncompliant')
  assert.equal((await evaluations(evaluation.sid).fetch()).results.length, 3)
  assert.equal((await evaluations.list()).length, 1)
  assert.equal(await entities(entity.sid).remove(), true)

  await customerProfiles(profile.sid).update({ status: 'pending-review' })
  await mock.clock.advance('1 min')
  const [rejected] = await customerProfiles.list({ status: 'twilio-rejected' })
  assert.equal(rejected?.sid, profile.sid)
  assert.deepEqual(rejected?.errors[0], { code: 22214 })
  assert.equal(await customerProfiles(profile.sid).remove(), true)
  await assert.rejects(customerProfiles(profile.sid).fetch(), { code: 20404, status: 404 })
})

test('a trust product is made, evaluated, handed in, listed and deleted', async t => {
  const { withKey: client, mock } = await anSdk(t)
  const { trustProducts, customerProfiles } = client.trusthub.v1
  const [number] = await client.incomingPhoneNumbers.list()
  const channelEndpoint = {
    channelEndpointType: 'phone-number',
    channelEndpointSid: String(number?.sid)
  }
  const profile = await customerProfiles.create({
    friendlyName: 'North',
    email,
    policySid: policySids.primaryProfile
  })
  await customerProfiles(profile.sid).customerProfilesChannelEndpointAssignment.create(
    channelEndpoint
  )

  const product = await trustProducts.create({
    friendlyName: 'Texts',
    email,
    policySid: anyPolicy
  })
  const renamed = await trustProducts(product.sid).update({
    friendlyName: 'Calls',
    email: 'b@district.example'
  })
  assert.deepEqual([renamed.friendlyName, renamed.email], ['Calls', 'b@district.example'])

  const entities = trustProducts(product.sid).trustProductsEntityAssignments
  const entity = await entities.create({ objectSid: profile.sid })
  assert.equal((await entities(entity.sid).fetch()).trustProductSid, product.sid)
  assert.equal((await entities.list()).length, 1)

  const endpoints = trustProducts(product.sid).trustProductsChannelEndpointAssignment
  const endpoint = await endpoints.create(channelEndpoint)
  assert.equal((await endpoints(endpoint.sid).fetch()).channelEndpointType, 'phone-number')
  assert.equal((await endpoints.list()).length, 1)
  assert.equal(await endpoints(endpoint.sid).remove(), true)

  const evaluations = trustProducts(product.sid).trustProductsEvaluations
  const evaluation = await evaluations.create({ policySid: policySids.shakenStir })
  assert.equal(evaluation.status, 'noncompliant')
  assert.equal((await evaluations(evaluation.sid).fetch()).policySid, policySids.shakenStir)
  assert.equal((await evaluations.list()).length, 1)

  await trustProducts(product.sid).update({ status: 'pending-review' })
  await mock.clock.advance('1 min')
  const [approved] = await trustProducts.list({ status: 'twilio-approved' })
  assert.equal(approved?.sid, product.sid)
  await trustProducts(product.sid).update({ status: 'draft' })
  assert.equal(await entities(entity.sid).remove(), true)
  assert.equal(await trustProducts(product.sid).remove(), true)
})

test('end users and supporting documents are made, changed, listed and deleted', async t => {
  const { withToken: client } = await anSdk(t)
  const { endUsers, supportingDocuments } = client.trusthub.v1

  const endUser = await endUsers.create({ friendlyName: 'Ada', type: 'business' })
  assert.deepEqual(endUser.attributes, {})
  const changed = await endUsers(endUser.sid).update({
    friendlyName: 'Ada Byron',
    attributes: { first_name: 'Ada' }
  })
  assert.deepEqual(changed.attributes, { first_name: 'Ada' })
  assert.equal((await endUsers(endUser.sid).fetch()).friendlyName, 'Ada Byron')
  assert.equal((await endUsers.list()).length, 1)
  assert.equal(await endUsers(endUser.sid).remove(), true)
  assert.equal((await endUsers.list()).length, 0)

  const document = await supportingDocuments.create({
    friendlyName: 'Office',
    type: 'customer_profile_address',
    attributes: { address_sids: 'AD1' }
  })
  assert.deepEqual([document.status, document.mimeType], ['draft', null])
  const moved = await supportingDocuments(document.sid).update({
    attributes: { address_sids: 'AD2' }
  })
  assert.deepEqual(moved.attributes, { address_sids: 'AD2' })
  assert.equal((await supportingDocuments(document.sid).fetch()).friendlyName, 'Office')
  assert.equal((await supportingDocuments.list()).length, 1)
  assert.equal(await supportingDocuments(document.sid).remove(), true)
})

test('policies and types are listed, page by page, and fetched', async t => {
  const { withToken: client } = await anSdk(t)
  const { policies, endUserTypes, supportingDocumentTypes } = client.trusthub.v1

  const all = await policies.list({ pageSize: 2 })
  assert.equal(all.length, 7)
  const policy = await policies(policySids.a2pProduct).fetch()
  assert.match(JSON.stringify(policy.requirements), /us_a2p_messaging_profile_information/)
  const [endUserType] = await endUserTypes.list()
  assert.equal(
    (await endUserTypes(String(endUserType?.sid)).fetch()).machineName,
    'customer_profile_business_information'
  )
  const [documentType] = await supportingDocumentTypes.list()
  const fetched = await supportingDocumentTypes(String(documentType?.sid)).fetch()
  assert.deepEqual(fetched.fields, [
    { machine_name: 'address_sids', friendly_name: 'Address Sids', constraint: 'String' }
  ])
})

test('the status callback of a bundle passes the check of the SDK, and a changed one does not', async t => {
  const { withToken: client, mock, receiver } = await anSdk(t)
  const path = '/webhooks/twilio/customer_profiles_compliance?district=7'
  const { customerProfiles } = client.trusthub.v1
  const profile = await customerProfiles.create({
    friendlyName: 'North',
    email,
    policySid: anyPolicy,
    statusCallback: receiver.url + path
  })
  await customerProfiles(profile.sid).update({ status: 'pending-review' })

  await mock.clock.advance('1 min')

  assert.equal(receiver.received.length, 2)
  for (const { method, url, headers, form } of receiver.received) {
    const signature = String(headers['x-twilio-signature'])
    const check = (params: Record<string, string>) =>
      twilio.validateRequest(developmentAccount.authToken, signature, receiver.url + url, params)
    assert.deepEqual([method, url], ['POST', path])
    assert.ok(check(form))
    assert.ok(!check({ ...form, Status: 'twilio-rejected' }))
  }
})

test('refusals of TrustHub are exceptions with their codes', async t => {
  const { withToken: client } = await anSdk(t)
  const { customerProfiles, endUsers } = client.trusthub.v1
  const profile = await customerProfiles.create({
    friendlyName: 'North',
    email,
    policySid: anyPolicy
  })

  await assert.rejects(customerProfiles(profile.sid).update({ status: 'twilio-approved' }), {
    code: 22203,
    status: 400
  })
  await assert.rejects(
    customerProfiles(profile.sid).update({ status: 'pending-review', friendlyName: 'South' }),
    {
      code: 22204
    }
  )
  const entities = customerProfiles(profile.sid).customerProfilesEntityAssignments
  await assert.rejects(entities.create({ objectSid: `IT${'0'.repeat(32)}` }), { code: 22205 })
  await assert.rejects(entities.create({ objectSid: `SM${'0'.repeat(32)}` }), { code: 22206 })
  await assert.rejects(
    endUsers.create({ friendlyName: 'Ada', type: 'business', attributes: 'nonsense' }),
    { code: 22207 }
  )
})
