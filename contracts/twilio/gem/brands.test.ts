import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { asTheGem, gem, type GemBuilt } from './as-the-gem.ts'

test('test_mock_brands', async t => {
  const built = await asTheGem(t)
  const { customerProfile, trustProduct } = await bundles(built)

  const bySdk = await built.sdk.messaging.v1.brandRegistrations.create({
    customerProfileBundleSid: customerProfile,
    a2PProfileBundleSid: trustProduct,
    brandType: 'STANDARD',
    mock: true
  })
  const { status, body } = await built.ask('POST', '/v1/a2p/BrandRegistrations', {
    A2PProfileBundleSid: trustProduct,
    BrandType: 'STANDARD',
    CustomerProfileBundleSid: customerProfile,
    Mock: true
  })

  assert.match(bySdk.sid, /^BN[0-9a-f]{32}$/)
  assert.ok(bySdk.dateCreated instanceof Date && bySdk.dateUpdated instanceof Date)
  assert.equal(status, 201)
  assert.match(body.sid, /^BN/)
  assert.deepEqual(
    [body['status'], body['brand_type'], body['identity_status'], body['mock']],
    ['PENDING', 'STANDARD', 'SELF_DECLARED', true]
  )
})

test('test_mock_webhooks: brands, signed so that a validator accepts them', async t => {
  const built = await asTheGem(t)
  const url = `${built.receiver.url}/webhooks/twilio/brands_compliance`
  const reset = await built.control('POST', '/_mock/reset', { event_sink_url: url })
  const { customerProfile, trustProduct } = await bundles(built)

  const { body } = await built.ask('POST', '/v1/a2p/BrandRegistrations', {
    A2PProfileBundleSid: trustProduct,
    BrandType: 'STANDARD',
    CustomerProfileBundleSid: customerProfile,
    Mock: true
  })
  await built.mock.clock.advance('1 d')

  assert.equal(reset.status, 200)
  assert.match(body.sid, /^BN/)
  const events = built.receiver.received.filter(({ url }) => url.includes('brands_compliance'))
  assert.equal(events.length, 2)
  for (const event of events) {
    assert.match(event.url, /bodySHA256=[0-9a-f]{64}/)
    const signature = String(event.headers['x-twilio-signature'])
    const signedUrl = built.receiver.url + event.url
    assert.ok(twilio.validateRequest(gem.authToken, signature, signedUrl, {}))
  }
})

test('test_mock_webhooks: brands, in the order and with the fields of the gem', async t => {
  const built = await asTheGem(t)
  const url = `${built.receiver.url}/webhooks/twilio/brands_compliance`
  await built.control('POST', '/_mock/reset', {
    event_sink_url: url,
    brand_events: 'gem',
    gem_compat: true
  })

  const brand = await built.sdk.messaging.v1.brandRegistrations.create({
    // The gem's own test names bundles that nobody made.
    customerProfileBundleSid: `BU${'F'.repeat(32)}`,
    a2PProfileBundleSid: `BU${'F'.repeat(32)}`,
    mock: true
  })
  await built.mock.clock.advance('1 min')

  const events = built.receiver.received.map(({ body }): unknown => JSON.parse(body))
  assert.deepEqual(
    events.map(event => {
      const [{ type, data, specversion }] = Object(event)
      const { accountsid, brandsid, brandstatus, identitystatus } = data
      return [specversion, type, accountsid, brandsid, brandstatus, identitystatus]
    }),
    [
      ['brand-unverified', 'unverified'],
      ['brand-registered', 'verified']
    ].map(([name, identity]) => [
      '1.0',
      `com.twilio.messaging.compliance.brand-registration.${name}`,
      gem.accountSid,
      brand.sid,
      'registered',
      identity
    ])
  )
})

async function bundles({ sdk, mock }: GemBuilt) {
  const { customerProfiles, trustProducts } = sdk.trusthub.v1
  const customerProfile = await customerProfiles.create({
    friendlyName: 'Test',
    email: 'test@test.com',
    policySid: 'RNdfbf3fae0e1107f8aded0e7cead80bf5'
  })
  const trustProduct = await trustProducts.create({
    friendlyName: 'Test',
    email: 'test@test.com',
    policySid: 'RNb0d4771c2c98518d916a3d4cd70a8f8b'
  })
  await customerProfiles(customerProfile.sid).update({ status: 'pending-review' })
  await trustProducts(trustProduct.sid).update({ status: 'pending-review' })
  await mock.clock.advance('1 d')
  return { customerProfile: customerProfile.sid, trustProduct: trustProduct.sid }
}
