import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { developmentAccount } from '../../mock-twilio/development-account.ts'
import {
  busCampaign,
  districtInformation,
  policySids,
  superintendent,
  tollfreeDetails
} from '../../mock-twilio/testing/district.ts'
import { anSdk } from './mocked-sdk.ts'

const campaignOptions = {
  description: busCampaign.Description,
  messageFlow: busCampaign.MessageFlow,
  messageSamples: busCampaign.MessageSamples,
  hasEmbeddedLinks: busCampaign.HasEmbeddedLinks,
  hasEmbeddedPhone: busCampaign.HasEmbeddedPhone
}

test('a compliance officer registers a school district, from its profile to the number that writes', async t => {
  const { withToken: client, mock, receiver, control } = await anSdk(t)
  await control('POST', '/_mock/reset', { event_sink_url: `${receiver.url}/events` })
  const { trusthub, messaging } = client
  const email = 'compliance@district.example'
  const statusCallback = `${receiver.url}/compliance`
  const approved = async (sid: string, kind: 'customerProfiles' | 'trustProducts') =>
    (await trusthub.v1[kind](sid).fetch()).status

  // The profile: who the district is.
  const profile = await trusthub.v1.customerProfiles.create({
    friendlyName: 'Clearwater County School District',
    email,
    policySid: policySids.primaryProfile,
    statusCallback
  })
  const before = await trusthub.v1
    .customerProfiles(profile.sid)
    .customerProfilesEvaluations.create({ policySid: policySids.primaryProfile })
  assert.equal(before.status, 'noncompliant')

  // Its documents: the business, its representative, its address.
  const business = await trusthub.v1.endUsers.create({
    friendlyName: 'The district',
    type: 'customer_profile_business_information',
    attributes: districtInformation
  })
  const representative = await trusthub.v1.endUsers.create({
    friendlyName: 'The superintendent',
    type: 'authorized_representative_1',
    attributes: superintendent
  })
  const address = await trusthub.v1.supportingDocuments.create({
    friendlyName: 'The district office',
    type: 'customer_profile_address',
    attributes: { address_sids: `AD${'1'.repeat(32)}` }
  })
  for (const objectSid of [business.sid, representative.sid, address.sid]) {
    await trusthub.v1
      .customerProfiles(profile.sid)
      .customerProfilesEntityAssignments.create({ objectSid })
  }
  const after = await trusthub.v1
    .customerProfiles(profile.sid)
    .customerProfilesEvaluations.create({ policySid: policySids.primaryProfile })
  assert.equal(after.status, 'compliant')

  // Its approval.
  const submitted = await trusthub.v1
    .customerProfiles(profile.sid)
    .update({ status: 'pending-review' })
  assert.equal(submitted.status, 'pending-review')
  await mock.clock.advance('1 min')
  assert.equal(await approved(profile.sid, 'customerProfiles'), 'twilio-approved')

  // The messaging profile, which stands on it.
  const product = await trusthub.v1.trustProducts.create({
    friendlyName: 'Texts of the district',
    email,
    policySid: policySids.a2pProduct,
    statusCallback
  })
  const messagingInformation = await trusthub.v1.endUsers.create({
    friendlyName: 'Texts of the district',
    type: 'us_a2p_messaging_profile_information',
    attributes: { company_type: 'government' }
  })
  for (const objectSid of [messagingInformation.sid, profile.sid]) {
    await trusthub.v1
      .trustProducts(product.sid)
      .trustProductsEntityAssignments.create({ objectSid })
  }
  const evaluated = await trusthub.v1
    .trustProducts(product.sid)
    .trustProductsEvaluations.create({ policySid: policySids.a2pProduct })
  assert.equal(evaluated.status, 'compliant')
  await trusthub.v1.trustProducts(product.sid).update({ status: 'pending-review' })
  await mock.clock.advance('1 min')
  assert.equal(await approved(product.sid, 'trustProducts'), 'twilio-approved')

  // The brand.
  const brand = await messaging.v1.brandRegistrations.create({
    customerProfileBundleSid: profile.sid,
    a2PProfileBundleSid: product.sid
  })
  assert.deepEqual([brand.status, brand.identityStatus], ['PENDING', 'SELF_DECLARED'])
  await mock.clock.advance('1 min')
  const registered = await messaging.v1.brandRegistrations(brand.sid).fetch()
  assert.deepEqual([registered.status, registered.identityStatus], ['APPROVED', 'VERIFIED'])
  assert.equal(registered.governmentEntity, true)
  assert.match(registered.tcrId, /^B[0-9A-Z]{6}$/)

  // The campaign of a service.
  const service = await messaging.v1.services.create({ friendlyName: 'Bus office' })
  const usecases = await messaging.v1
    .services(service.sid)
    .usAppToPersonUsecases.fetch({ brandRegistrationSid: brand.sid })
  const codes = JSON.stringify(usecases.usAppToPersonUsecases)
  assert.match(codes, /K12_EDUCATION/)
  const campaign = await messaging.v1.services(service.sid).usAppToPerson.create({
    ...campaignOptions,
    brandRegistrationSid: brand.sid,
    usAppToPersonUsecase: 'K12_EDUCATION'
  })
  assert.equal(campaign.campaignStatus, 'PENDING')
  assert.equal((await messaging.v1.services(service.sid).fetch()).usAppToPersonRegistered, false)
  await mock.clock.advance('1 min')
  const verified = await messaging.v1.services(service.sid).usAppToPerson(campaign.sid).fetch()
  assert.equal(verified.campaignStatus, 'VERIFIED')
  assert.equal((await messaging.v1.services(service.sid).fetch()).usAppToPersonRegistered, true)

  // A number joins the service.
  const number = await client.incomingPhoneNumbers.create({ areaCode: '601' })
  await trusthub.v1.customerProfiles(profile.sid).customerProfilesChannelEndpointAssignment.create({
    channelEndpointType: 'phone-number',
    channelEndpointSid: number.sid
  })
  const member = await messaging.v1
    .services(service.sid)
    .phoneNumbers.create({ phoneNumberSid: number.sid })
  assert.equal(member.phoneNumber, number.phoneNumber)

  // What the application was told meanwhile.
  const told = receiver.received.filter(({ url }) => url === '/compliance').map(({ form }) => form)
  assert.deepEqual(
    told.map(({ BundleSid, Status, AccountSid }) => [BundleSid, Status, AccountSid]),
    [
      [profile.sid, 'in-review', developmentAccount.accountSid],
      [profile.sid, 'twilio-approved', developmentAccount.accountSid],
      [product.sid, 'in-review', developmentAccount.accountSid],
      [product.sid, 'twilio-approved', developmentAccount.accountSid]
    ]
  )
  const events = receiver.received
    .filter(({ url }) => url.startsWith('/events'))
    .map(({ body }) => /\.((?:brand|campaign)-\w+)"/.exec(body)?.[1])
  assert.deepEqual(events, [
    'brand-registered',
    'brand-verified',
    'campaign-submitted',
    'campaign-approved'
  ])
})

test('a brand is listed, vetted, corrected and asked for its code', async t => {
  const { withToken: client, mock } = await anSdk(t)
  const { brandRegistrations } = client.messaging.v1
  const bundles = {
    customerProfileBundleSid: `BU${'F'.repeat(32)}`,
    a2PProfileBundleSid: `BU${'F'.repeat(32)}`,
    mock: true
  }
  mock.world().faults.add({
    match: { operation: 'review-brand' },
    effect: { type: 'outcome', status: 'FAILED', error_code: 30794 },
    count: 1
  })

  const brand = await brandRegistrations.create({ ...bundles, skipAutomaticSecVet: true })
  await mock.clock.advance('1 min')
  const failed = await brandRegistrations(brand.sid).fetch()
  const resubmitted = await failed.update()
  await mock.clock.advance('1 min')
  const vetting = await failed.brandVettings().create({ vettingProvider: 'aegis' })
  await mock.clock.advance('1 min')

  assert.deepEqual([failed.status, resubmitted.status], ['FAILED', 'PENDING'])
  assert.equal(vetting.vettingStatus, 'IN_PROGRESS')
  const fetched = await failed.brandVettings().list()
  assert.deepEqual(
    fetched.map(({ brandVettingSid, vettingStatus }) => [brandVettingSid, vettingStatus]),
    [[vetting.brandVettingSid, 'SUCCESS']]
  )
  const one = await brandRegistrations(brand.sid).brandVettings(vetting.brandVettingSid).fetch()
  assert.equal(one.vettingProvider, 'aegis')
  const [listed] = await brandRegistrations.list()
  assert.equal(listed?.identityStatus, 'VETTED_VERIFIED')
  assert.equal(listed?.brandScore >= 50, true)

  const sole = await brandRegistrations.create({ ...bundles, brandType: 'SOLE_PROPRIETOR' })
  const otp = await brandRegistrations(sole.sid).brandRegistrationOtps.create()
  assert.equal(otp.brandRegistrationSid, sole.sid)
})

test('a campaign is listed, corrected when it failed, and deleted', async t => {
  const { withToken: client, mock } = await anSdk(t)
  const { brandRegistrations, services } = client.messaging.v1
  const brand = await brandRegistrations.create({
    customerProfileBundleSid: `BU${'F'.repeat(32)}`,
    a2PProfileBundleSid: `BU${'F'.repeat(32)}`,
    mock: true
  })
  await mock.clock.advance('1 min')
  const ofService = services(developmentAccount.messagingServiceSid).usAppToPerson
  const campaign = await ofService.create({
    ...campaignOptions,
    messageSamples: ['Bus 7 is late, see https://bit.ly/bus7', 'School is closed tomorrow.'],
    brandRegistrationSid: brand.sid,
    usAppToPersonUsecase: 'ACCOUNT_NOTIFICATION'
  })
  await mock.clock.advance('1 min')

  const [failed] = await ofService.list()
  assert.equal(failed?.campaignStatus, 'FAILED')
  assert.match(JSON.stringify(failed?.errors), /30892/)
  const corrected = await ofService(campaign.sid).update({
    ...campaignOptions,
    ageGated: false,
    directLending: false,
    privacyPolicyUrl: 'https://district.example/privacy',
    termsAndConditionsUrl: 'https://district.example/terms'
  })
  assert.deepEqual([corrected.campaignStatus, corrected.mock], ['PENDING', true])
  await mock.clock.advance('1 min')
  assert.equal((await ofService(campaign.sid).fetch()).campaignStatus, 'VERIFIED')

  assert.equal(await ofService(campaign.sid).remove(), true)
  await assert.rejects(ofService(campaign.sid).fetch(), { code: 20404 })
  const service = await services(developmentAccount.messagingServiceSid).fetch()
  assert.equal(service.usAppToPersonRegistered, false)
})

test('a toll-free number is verified, corrected, listed and taken back', async t => {
  const { withToken: client, mock } = await anSdk(t)
  const verifications = client.messaging.v1.tollfreeVerifications
  const number = await client.incomingPhoneNumbers.create({ phoneNumber: '+18885550134' })
  mock.world().faults.add({
    match: { operation: 'review-tollfree-verification', to: number.phoneNumber },
    effect: { type: 'outcome', status: 'TWILIO_REJECTED', error_code: 30475 },
    count: 1
  })

  const created = await verifications.create({
    businessName: tollfreeDetails.BusinessName,
    businessWebsite: tollfreeDetails.BusinessWebsite,
    notificationEmail: tollfreeDetails.NotificationEmail,
    useCaseCategories: ['K12', 'ACCOUNT_NOTIFICATIONS'],
    useCaseSummary: tollfreeDetails.UseCaseSummary,
    productionMessageSample: tollfreeDetails.ProductionMessageSample,
    optInImageUrls: tollfreeDetails.OptInImageUrls,
    optInType: 'PAPER_FORM',
    messageVolume: '1,000',
    tollfreePhoneNumberSid: number.sid,
    externalReferenceId: 'district-7'
  })
  assert.equal(created.status, 'PENDING_REVIEW')
  await mock.clock.advance('1 min')
  const rejected = await verifications(created.sid).fetch()
  assert.deepEqual(
    [rejected.status, rejected.errorCode, rejected.editAllowed],
    ['TWILIO_REJECTED', 30475, true]
  )
  const edited = await rejected.update({ useCaseSummary: 'Tells parents that opted in on paper' })
  assert.deepEqual([edited.status, edited.rejectionReason], ['PENDING_REVIEW', null])
  await mock.clock.advance('1 min')

  const [listed] = await verifications.list({ externalReferenceId: 'district-7' })
  assert.equal(listed?.status, 'TWILIO_APPROVED')
  assert.deepEqual(listed?.useCaseCategories, ['K12', 'ACCOUNT_NOTIFICATIONS'])
  assert.equal(await verifications(created.sid).remove(), true)
  await assert.rejects(verifications(created.sid).fetch(), { code: 20404 })
})

test('an event is a JSON array, signed over its digest as the SDK checks it', async t => {
  const { withToken: client, mock, receiver, control } = await anSdk(t)
  const sink = `${receiver.url}/webhooks/twilio/brands_compliance`
  await control('POST', '/_mock/reset', { event_sink_url: sink })
  await client.messaging.v1.brandRegistrations.create({
    customerProfileBundleSid: `BU${'F'.repeat(32)}`,
    a2PProfileBundleSid: `BU${'F'.repeat(32)}`,
    mock: true
  })

  await mock.clock.advance('1 min')

  assert.equal(receiver.received.length, 2)
  for (const { url, headers, body } of receiver.received) {
    const signature = String(headers['x-twilio-signature'])
    const { authToken } = developmentAccount
    const signedUrl = receiver.url + url
    assert.match(String(headers['content-type']), /^application\/json/)
    assert.ok(Array.isArray(JSON.parse(body)))
    assert.ok(twilio.validateRequestWithBody(authToken, signature, signedUrl, body))
    assert.ok(!twilio.validateRequestWithBody(authToken, signature, signedUrl, `${body} `))
  }
})
