import assert from 'node:assert/strict'
import { test } from 'node:test'
import twilio from 'twilio'
import { development } from '../../seed.ts'
import { build, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { withoutClockwork } from '../../testing/lanes-by-the-clock.ts'
import { atProvider } from '../../testing/provider-account.ts'

const profile = `BU${'1'.repeat(32)}`
const product = `BU${'2'.repeat(32)}`
const brand = `BN${'3'.repeat(32)}`
const service = `/messaging_services/${development.messagingServiceUuid}`
const profilePath = '/webhooks/twilio/customer_profiles_compliance'

async function withProfile(server: TestServer): Promise<void> {
  await server.request('PATCH', service, {
    body: {
      messaging_service: {
        business_profile_sid: profile,
        shaken_stir_product_sid: product,
        brand_registration_sid: brand
      }
    }
  })
}

const posted = (server: TestServer, path: string, type: string, signature: string, body: string) =>
  server.app.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': type, 'x-twilio-signature': signature },
    payload: body
  })

async function tellOfBundle(
  server: TestServer,
  sid: string,
  status: string,
  more: Record<string, string> = {}
): Promise<number> {
  const form = { BundleSid: sid, Status: status, ...more }
  const signature = twilio.getExpectedTwilioSignature(
    server.deps.config.TWILIO_AUTH_TOKEN,
    `${server.url}${profilePath}`,
    form
  )
  const answer = await posted(
    server,
    profilePath,
    'application/x-www-form-urlencoded',
    signature,
    new URLSearchParams(form).toString()
  )
  await server.idle()
  return answer.statusCode
}

async function tellOfBrands(server: TestServer, events: unknown): Promise<number> {
  const body = JSON.stringify(events)
  const path = `/webhooks/twilio/brands_compliance?bodySHA256=${twilio.getExpectedBodyHash(body)}`
  const signature = twilio.getExpectedTwilioSignature(
    server.deps.config.TWILIO_AUTH_TOKEN,
    `${server.url}${path}`,
    {}
  )
  const answer = await posted(server, path, 'application/json', signature, body)
  await server.idle()
  return answer.statusCode
}

const brandEvent = (data: object, time = '2026-11-23T12:00:00Z') => ({
  specversion: '1.0',
  id: 'event',
  type: 'com.twilio.messaging.compliance.brand-registration.brand-registered',
  time,
  data: { brandsid: brand, ...data }
})

const stateOf = async (server: TestServer) => (await server.request('GET', service)).body

onEachDatabase(dialect => {
  test('reviews are told by the service that they are of, and never go back from an approval', async t => {
    const server = await build(t, dialect)
    await withProfile(server)

    const statuses = []
    for (const [sid, status] of [
      [profile, 'in-review'],
      [profile, 'twilio-approved'],
      [profile, 'in-review'],
      [profile, 'twilio-approved'],
      [product, 'pending-review']
    ] as const)
      statuses.push(await tellOfBundle(server, sid, status))

    const { business_profile_status: one, shaken_stir_product_status: other } =
      await stateOf(server)
    assert.deepEqual(new Set(statuses), new Set([204]))
    assert.deepEqual([one, other], ['twilio-approved', 'pending-review'])
  })

  test('a rejection tells why, and what is submitted again is reviewed again', async t => {
    const server = await build(t, dialect)
    await withProfile(server)

    await tellOfBundle(server, profile, 'twilio-rejected', { FailureReason: 'No such company 😕' })
    const rejected = await stateOf(server)
    await tellOfBundle(server, profile, 'pending-review')
    const again = await stateOf(server)

    assert.deepEqual(
      [rejected.business_profile_status, rejected.compliance_error],
      ['twilio-rejected', 'No such company 😕']
    )
    assert.deepEqual(
      [again.business_profile_status, again.compliance_error],
      ['pending-review', null]
    )
  })

  test('news of brands and campaigns counts by its own time, whenever it comes', async t => {
    const server = await build(t, dialect)
    await withProfile(server)

    const status = await tellOfBrands(server, [
      brandEvent({ brandstatus: 'registered', identitystatus: 'verified' }, '2026-11-23T12:05:00Z')
    ])
    await tellOfBrands(server, [brandEvent({ identitystatus: 'unverified' })])
    await tellOfBrands(server, [
      brandEvent({
        messagingservicesid: development.messagingServiceSid,
        campaignregistrationstatus: 'success'
      })
    ])

    const state = await stateOf(server)
    assert.equal(status, 204)
    assert.deepEqual(
      [state.brand_status, state.brand_identity_status, state.campaign_status],
      ['registered', 'verified', 'success']
    )
  })

  test('what is not signed, or signed for another body, changes nothing', async t => {
    const server = await build(t, dialect)
    await withProfile(server)
    const form = `BundleSid=${profile}&Status=twilio-approved`
    const body = JSON.stringify([brandEvent({ brandstatus: 'registered' })])
    const path = `/webhooks/twilio/brands_compliance?bodySHA256=${twilio.getExpectedBodyHash(body)}`
    const { TWILIO_AUTH_TOKEN: token } = server.deps.config
    const signature = twilio.getExpectedTwilioSignature(token, `${server.url}${path}`, {})
    const without = path.split('?')[0] ?? ''
    const bare = twilio.getExpectedTwilioSignature(token, `${server.url}${without}`, {})

    const answers = [
      await posted(server, profilePath, 'application/x-www-form-urlencoded', 'no', form),
      await posted(server, path, 'application/json', 'no', body),
      await posted(server, path, 'application/json', signature, body.replace('registered', 'x')),
      await posted(server, without, 'application/json', bare, body)
    ]
    await server.idle()

    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [403, 403, 403, 403]
    )
    const state = await stateOf(server)
    assert.deepEqual([state.business_profile_status, state.brand_status], [null, null])
  })

  test('each address takes the media types that it documents, and no other', async t => {
    const server = await build(t, dialect, { workers: false })
    const brandsPath = '/webhooks/twilio/brands_compliance'

    const refused = [
      await posted(server, profilePath, 'application/json', 'no', '{}'),
      await posted(server, brandsPath, 'application/x-www-form-urlencoded', 'no', 'a=1'),
      await posted(server, brandsPath, 'text/plain', 'no', '{}')
    ]
    const taken = await posted(server, brandsPath, 'application/cloudevents+json', 'no', '{}')

    assert.deepEqual(new Set(refused.map(({ statusCode }) => statusCode)), new Set([415]))
    assert.equal(taken.statusCode, 403)
  })

  test('news that nobody can read, or of nobody, is kept and harmless', async t => {
    const server = await build(t, dialect)
    await withProfile(server)

    const answers = [
      await tellOfBundle(server, `BU${'9'.repeat(32)}`, 'in-review'),
      await tellOfBundle(server, profile, 'constructor'),
      await tellOfBundle(server, profile, '\0'),
      await tellOfBrands(server, []),
      await tellOfBrands(server, [null, 5, { data: [] }, { data: { brandsid: {} } }]),
      await tellOfBrands(server, { __proto__: { brandsid: brand } })
    ]

    assert.deepEqual(new Set(answers), new Set([204]))
    const letters = await server.request('GET', '/admin/dead_letters')
    assert.deepEqual(letters.body, [])
  })
})

test("a review at the provider's own pace arrives, signed by the provider", async t => {
  const server = await build(t, 'sqlite', { environment: withoutClockwork })
  const { sid } = await atProvider(server, 'POST', 'trusthub.twilio.com/v1/CustomerProfiles', {
    FriendlyName: 'Lamar County',
    Email: 'office@lamar.example',
    // Of businesses: https://www.twilio.com/docs/trust-hub/trusthub-rest-api/policies
    PolicySid: 'RNdfbf3fae0e1107f8aded0e7cead80bf5',
    StatusCallback: `${server.url}${profilePath}`
  })
  await server.request('PATCH', service, {
    body: { messaging_service: { business_profile_sid: sid } }
  })

  await atProvider(server, 'POST', `trusthub.twilio.com/v1/CustomerProfiles/${String(sid)}`, {
    Status: 'pending-review'
  })
  await server.advance('7 days')

  assert.match((await stateOf(server)).business_profile_status, /^twilio-(approved|rejected)$/)
})
