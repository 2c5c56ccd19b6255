import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asTheGem, gemAccount } from './as-the-gem.ts'

/** The gem's own test names city, region and country by their names; Twilio wants a country. */
const address = {
  friendlyName: 'friendly_name',
  customerName: 'customer_name',
  street: '18 Waianuenue Ave',
  streetSecondary: 'street_secondary',
  city: 'Hilo',
  region: 'HI',
  postalCode: '96720',
  isoCountry: 'US'
}

test('test_mock_addresses', async t => {
  const { sdk, ask } = await asTheGem(t)

  const bySdk = await sdk.addresses.create(address)
  const { status, body } = await ask('POST', `${gemAccount}/Addresses.json`, {
    FriendlyName: address.friendlyName,
    CustomerName: address.customerName,
    Street: address.street,
    StreetSecondary: address.streetSecondary,
    City: address.city,
    Region: address.region,
    PostalCode: address.postalCode,
    IsoCountry: address.isoCountry
  })

  assert.match(bySdk.sid, /^AD[0-9a-f]{32}$/)
  assert.ok(bySdk.dateCreated instanceof Date && bySdk.dateUpdated instanceof Date)
  assert.deepEqual([bySdk.validated, bySdk.verified], [true, true])
  assert.equal(status, 201)
  assert.match(body.sid, /^AD/)
  assert.deepEqual(
    [body['validated'], body['verified'], body['emergency_enabled'], body['iso_country']],
    [true, true, false, 'US']
  )
})
