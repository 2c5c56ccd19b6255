import assert from 'node:assert/strict'
import { test } from 'node:test'

import { build, type Built, type FormValues } from '../../contracts/twilio/judged-mock.ts'
import { districtInformation, policySids, superintendent } from '../testing/district.ts'

const brands = '/messaging/v1/a2p/BrandRegistrations'
const profiles = '/trusthub/v1/CustomerProfiles'
const products = '/trusthub/v1/TrustProducts'
const anyPolicy = `RN${'F'.repeat(32)}`
const inventedBundles = {
  CustomerProfileBundleSid: `BU${'F'.repeat(32)}`,
  A2PProfileBundleSid: `BU${'F'.repeat(32)}`
}
const mockBrand = { ...inventedBundles, BrandType: 'STANDARD', Mock: 'true' }

test("the mock brand of the Ruby gem's test is pending and self-declared", async t => {
  const { request } = await build(t)

  const { status, body } = await request('POST', '/v1/a2p/BrandRegistrations', mockBrand)

  assert.deepEqual(
    [status, body.sid.slice(0, 2), body['status'], body['identity_status'], body['brand_type']],
    [201, 'BN', 'PENDING', 'SELF_DECLARED', 'STANDARD']
  )
  assert.deepEqual([body['mock'], body['errors'], body['tcr_id']], [true, [], null])
})

test('a brand that is no mock stands on approved bundles of the right kind', async t => {
  const { request, mock } = await build(t)
  const profile = await anApprovedBundle(request, mock, profiles)
  const product = await anApprovedBundle(request, mock, products)
  const draft = await aBundle(request, profiles, anyPolicy)
  const good = { CustomerProfileBundleSid: profile, A2PProfileBundleSid: product }
  const mistakes: FormValues[] = [
    {},
    { CustomerProfileBundleSid: profile },
    inventedBundles,
    { ...good, CustomerProfileBundleSid: 'BU1' },
    { ...good, CustomerProfileBundleSid: product },
    { ...good, A2PProfileBundleSid: profile },
    { ...good, CustomerProfileBundleSid: draft },
    { ...good, BrandType: 'LARGE' },
    { ...good, Mock: 'perhaps' }
  ]

  for (const form of mistakes) {
    const { status, body } = await request('POST', brands, form)
    assert.deepEqual([status, body['code']], [400, 20001], JSON.stringify(form))
  }
  const starter = await request('POST', brands, { ...good, BrandType: 'STARTER' })
  assert.equal(starter.body['code'], 21726)
  assert.deepEqual((await request('GET', brands)).body['data'], [])
  assert.equal((await request('POST', brands, good)).status, 201)
})

test('a bundle that a brand stands on is not deleted', async t => {
  const { request, mock } = await build(t)
  const CustomerProfileBundleSid = await anApprovedBundle(request, mock, profiles)
  const A2PProfileBundleSid = await anApprovedBundle(request, mock, products)
  await request('POST', brands, { CustomerProfileBundleSid, A2PProfileBundleSid })

  const { status, body } = await request('DELETE', `${profiles}/${CustomerProfileBundleSid}`)

  assert.deepEqual([status, body['code']], [409, 20409])
})

test('the profile of a sole proprietor need only be in review', async t => {
  const { request, mock } = await build(t)
  const CustomerProfileBundleSid = await aBundle(request, profiles, policySids.starterProfile)
  const A2PProfileBundleSid = await anApprovedBundle(request, mock, products)
  const form = { CustomerProfileBundleSid, A2PProfileBundleSid, BrandType: 'SOLE_PROPRIETOR' }
  await request('POST', `${profiles}/${CustomerProfileBundleSid}`, { Status: 'pending-review' })

  const early = await request('POST', brands, form)
  await mock.clock.advance('2 s')
  const inTime = await request('POST', brands, form)

  assert.deepEqual([early.status, inTime.status], [400, 201])
})

test('a brand with an EIN that is none is not verified, and is corrected at its source', async t => {
  const { request, mock, receiver, control } = await build(t)
  await control('POST', '/_mock/reset', { event_sink_url: `${receiver.url}/events` })
  const { profile, business } = await aDistrict(request, mock, '12-34')
  const A2PProfileBundleSid = await anApprovedBundle(request, mock, products)
  const { body: brand } = await request('POST', brands, {
    CustomerProfileBundleSid: profile,
    A2PProfileBundleSid
  })
  const path = `${brands}/${brand.sid}`

  await mock.clock.advance('1 min')
  const { body: failed } = await request('GET', path)
  assert.deepEqual([failed['status'], failed['identity_status']], ['FAILED', 'UNVERIFIED'])
  assert.deepEqual(failed['brand_feedback'], ['TAX_ID'])
  assert.match(JSON.stringify(failed['errors']), /30795/)

  await request('POST', business, { Attributes: JSON.stringify(districtInformation) })
  const again = await request('POST', path)
  assert.deepEqual([again.status, again.body['status']], [202, 'PENDING'])
  await mock.clock.advance('1 min')
  const { body: approved } = await request('GET', path)
  assert.deepEqual([approved['status'], approved['errors']], ['APPROVED', []])
  assert.deepEqual(eventsIn(receiver.received), [
    'brand-registered',
    'brand-unverified',
    'brand-registered',
    'brand-verified'
  ])
})

test('a brand is updated when it failed, and three times at most', async t => {
  const { request, mock } = await build(t)
  mock.world().faults.add({
    match: { operation: 'review-brand' },
    effect: { type: 'outcome', status: 'FAILED', error_code: 30794 }
  })
  const { body } = await request('POST', brands, mockBrand)
  const path = `${brands}/${body.sid}`
  const update = async () => {
    const answer = await request('POST', path)
    await mock.clock.advance('1 min')
    return [answer.status, answer.body['code']]
  }

  assert.deepEqual(await update(), [400, 21725])
  for (const time of [1, 2, 3]) assert.deepEqual(await update(), [202, undefined], String(time))
  assert.deepEqual(await update(), [400, 21724])
  assert.match(JSON.stringify((await request('GET', path)).body['errors']), /30794/)
})

test('an event names the account, the brand and both of its statuses', async t => {
  const { request, mock, receiver, control } = await build(t)
  await control('POST', '/_mock/reset', { event_sink_url: `${receiver.url}/events` })
  const { body } = await request('POST', brands, mockBrand)

  await mock.clock.advance('1 min')

  const [, verified] = receiver.received
  const [event] = JSON.parse(verified?.body ?? '[]')
  assert.equal(event.specversion, '1.0')
  assert.equal(event.type, 'com.twilio.messaging.compliance.brand-registration.brand-verified')
  assert.equal(event.data.accountsid, mock.world().accountSid)
  assert.equal(event.data.brandsid, body.sid)
  assert.deepEqual([event.data.brandstatus, event.data.identitystatus], ['registered', 'verified'])
})

test('brands are told of in the order of the Ruby gem where a world asks for it', async t => {
  const { request, mock, receiver, control } = await build(t)
  await control('POST', '/_mock/reset', {
    event_sink_url: `${receiver.url}/events`,
    brand_events: 'gem'
  })
  await request('POST', brands, mockBrand)

  await mock.clock.advance('1 min')

  assert.deepEqual(eventsIn(receiver.received), ['brand-unverified', 'brand-registered'])
  const told = receiver.received.map(({ body }) => JSON.parse(body)[0].data.identitystatus)
  assert.deepEqual(told, ['unverified', 'verified'])
})

test('a sink that is no address is an alert, and does no other harm', async t => {
  const { request, mock, control } = await build(t)
  await control('POST', '/_mock/reset', { event_sink_url: 'http://user@[' })
  const { body } = await request('POST', brands, mockBrand)

  await mock.clock.advance('1 min')

  assert.deepEqual(
    mock.world().alerts.map(({ code }) => code),
    [11100, 11100]
  )
  assert.equal((await request('GET', `${brands}/${body.sid}`)).body['status'], 'APPROVED')
})

test('without a sink nothing is told', async t => {
  const { request, mock, receiver } = await build(t)
  await request('POST', brands, mockBrand)

  await mock.clock.advance('1 min')

  assert.equal(receiver.received.length, 0)
  assert.deepEqual(mock.world().alerts, [])
})

test('a vetting needs an approved brand, and a token where one is imported', async t => {
  const { request, mock } = await build(t)
  const { body } = await request('POST', brands, mockBrand)
  const path = `${brands}/${body.sid}/Vettings`
  const token = { VettingProvider: 'campaign-verify', VettingId: 'cv|1.0|tcr|10dlc|9975c339|GQ3' }
  const code = async (form: FormValues) => (await request('POST', path, form)).body['code']

  assert.equal(await code({}), 20001)
  assert.equal(await code({ VettingProvider: 'somebody' }), 20001)
  assert.equal(await code({ ...token, VettingId: 'token' }), 21722)
  assert.equal(await code(token), 21721)
  assert.equal(await code({ VettingProvider: 'aegis' }), 20409)
  await mock.clock.advance('1 min')
  assert.equal(await code(token), undefined)
  assert.equal(await code(token), 21723)
  assert.equal(await code({ VettingProvider: 'aegis' }), undefined)
  const { body: list } = await request('GET', path, { VettingProvider: 'aegis' })
  assert.ok(Array.isArray(list['data']))
  assert.equal(list['data'].length, 1)
  assert.equal((await request('GET', `${path}/VT1`)).body['code'], 20404)
})

test('a vetting that fails leaves the brand as it was', async t => {
  const { request, mock, receiver, control } = await build(t)
  await control('POST', '/_mock/reset', { event_sink_url: `${receiver.url}/events` })
  mock.world().faults.add({
    match: { operation: 'vet-brand' },
    effect: { type: 'outcome', status: 'FAILED' }
  })
  const { body } = await request('POST', brands, { ...mockBrand, SkipAutomaticSecVet: true })
  await mock.clock.advance('1 min')

  const path = `${brands}/${body.sid}`
  const vetting = await request('POST', `${path}/Vettings`, { VettingProvider: 'aegis' })
  await mock.clock.advance('1 min')

  const fetched = await request(
    'GET',
    `${path}/Vettings/${String(vetting.body['brand_vetting_sid'])}`
  )
  assert.equal(fetched.body['vetting_status'], 'FAILED')
  const { body: brand } = await request('GET', path)
  assert.deepEqual([brand['identity_status'], brand['brand_score']], ['VERIFIED', null])
  assert.equal(eventsIn(receiver.received).at(-1), 'brand-secondary-vetting-failure')
})

test('a code is sent to sole proprietors alone, and unknown brands are not found', async t => {
  const { request } = await build(t)
  const { body } = await request('POST', brands, mockBrand)

  assert.equal((await request('POST', `${brands}/${body.sid}/SmsOtp`)).body['code'], 20001)
  for (const path of ['', '/Vettings', '/Vettings/VT1']) {
    assert.equal((await request('GET', `${brands}/BN1${path}`)).body['code'], 20404)
  }
  assert.equal((await request('POST', `${brands}/BN1/SmsOtp`)).body['code'], 20404)
})

type Request = Built['request']

function eventsIn(received: readonly { body: string }[]): (string | undefined)[] {
  return received.map(({ body }) => /brand-registration\.([a-z-]+)/.exec(body)?.[1])
}

async function aBundle(request: Request, collection: string, PolicySid: string): Promise<string> {
  const form = { FriendlyName: 'Clearwater', Email: 'a@district.example', PolicySid }
  return (await request('POST', collection, form)).body.sid
}

async function anApprovedBundle(
  request: Request,
  mock: Built['mock'],
  collection: string
): Promise<string> {
  const sid = await aBundle(request, collection, anyPolicy)
  await request('POST', `${collection}/${sid}`, { Status: 'pending-review' })
  await mock.clock.advance('10 s')
  return sid
}

/** An approved profile, and the path of the end user that says which business it is. */
async function aDistrict(
  request: Request,
  mock: Built['mock'],
  ein: string
): Promise<{ profile: string; business: string }> {
  const profile = await aBundle(request, profiles, policySids.primaryProfile)
  const objects: [collection: string, type: string, attributes: object][] = [
    [
      'EndUsers',
      'customer_profile_business_information',
      { ...districtInformation, business_registration_number: ein }
    ],
    ['EndUsers', 'authorized_representative_1', superintendent],
    ['SupportingDocuments', 'customer_profile_address', { address_sids: 'AD1' }]
  ]
  const paths: string[] = []
  for (const [collection, Type, attributes] of objects) {
    const { body } = await request('POST', `/trusthub/v1/${collection}`, {
      FriendlyName: Type,
      Type,
      Attributes: JSON.stringify(attributes)
    })
    paths.push(`/trusthub/v1/${collection}/${body.sid}`)
    const path = `${profiles}/${profile}/EntityAssignments`
    await request('POST', path, { ObjectSid: body.sid })
  }
  await request('POST', `${profiles}/${profile}`, { Status: 'pending-review' })
  await mock.clock.advance('10 s')
  return { profile, business: paths[0] ?? '' }
}
