import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Answer } from '../judged-mock.ts'
import { asTheGem, gem, type GemBuilt } from './as-the-gem.ts'

/*
 * Customer profiles and trust products are the same thing under two names: the same tests hold for both. The
 * gem asks about bundles that nobody made; here each test makes its own.
 */

export interface BundleKind {
  /** The gem's test. */
  test: string
  path: '/v1/CustomerProfiles' | '/v1/TrustProducts'
  /** How an assignment names its bundle. */
  field: 'customer_profile_sid' | 'trust_product_sid'
  policySid: string
  sdk: (client: GemBuilt['sdk'], policySid: string) => BundleSdk
  /** What has to be before the number can be assigned to the bundle. */
  beforeNumber?: (built: GemBuilt, bundleSid: string) => Promise<void>
}

/** The calls of the gem's test, in the words of the SDK. */
export interface BundleSdk {
  create: () => Promise<{ sid: string; status: string }>
  submit: (sid: string) => Promise<{ sid: string; status: string }>
  assign: (sid: string, objectSid: string) => Promise<{ sid: string; objectSid: string }>
  evaluate: (sid: string) => Promise<{ sid: string; policySid: string }>
  addNumber: (sid: string, numberSid: string) => Promise<{ sid: string }>
  listNumbers: (sid: string) => Promise<{ sid: string }[]>
  removeNumber: (sid: string, assignmentSid: string) => Promise<boolean>
}

export function testBundles(kind: BundleKind): void {
  const { test: name, path, field, policySid, beforeNumber } = kind
  const sdkOf = ({ sdk }: GemBuilt) => kind.sdk(sdk, policySid)
  const make = async ({ ask, receiver }: GemBuilt, StatusCallback = `${receiver.url}/compliance`) =>
    ask('POST', path, {
      Email: 'test@test.com',
      FriendlyName: 'Test friendly_name',
      PolicySid: policySid,
      StatusCallback
    })

  test(`${name}: create`, async t => {
    const built = await asTheGem(t)

    const bySdk = await sdkOf(built).create()
    const { status, body } = await make(built)

    assert.match(bySdk.sid, /^BU[0-9a-f]{32}$/)
    assert.equal(bySdk.status, 'draft')
    assert.equal(status, 201)
    assert.match(body.sid, /^BU/)
    assert.deepEqual(
      [body['status'], body['policy_sid'], body['friendly_name'], body['email']],
      ['draft', policySid, 'Test friendly_name', 'test@test.com']
    )
    assert.ok(body['date_created'] && body['date_updated'])
  })

  test(`${name}: entity_assignments`, async t => {
    const built = await asTheGem(t)
    // No object of any kind has the sid that the gem's test assigns.
    await built.control('POST', '/_mock/reset', { gem_compat: true })
    const { body: bundle } = await make(built)

    const { status, body } = await built.ask('POST', `${path}/${bundle.sid}/EntityAssignments`, {
      ObjectSid: 'a'.repeat(34)
    })
    const { sid } = await sdkOf(built).create()
    const bySdk = await sdkOf(built).assign(sid, 'a'.repeat(34))

    assert.match(bySdk.sid, /^BV[0-9a-f]{32}$/)
    assert.equal(bySdk.objectSid, 'a'.repeat(34))
    assert.equal(status, 201)
    assert.match(body.sid, /^BV[0-9a-f]{32}$/)
    assert.deepEqual([body[field], body['object_sid']], [bundle.sid, 'a'.repeat(34)])
  })

  test(`${name}: evaluations`, async t => {
    const built = await asTheGem(t)
    const { body: bundle } = await make(built)

    const { status, body } = await built.ask('POST', `${path}/${bundle.sid}/Evaluations`, {
      PolicySid: policySid
    })
    const bySdk = await sdkOf(built).evaluate(bundle.sid)

    assert.match(bySdk.sid, /^EL[0-9a-f]{32}$/)
    assert.equal(bySdk.policySid, policySid)
    assert.equal(status, 201)
    assert.match(body.sid, /^EL[0-9a-f]{32}$/)
    assert.deepEqual([body[field], body['policy_sid']], [bundle.sid, policySid])
    // The gem calls everything compliant; here an empty bundle may lack something.
    assert.match(String(body['status']), /^(?:non)?compliant$/)
  })

  test(`${name}: updates`, async t => {
    const built = await asTheGem(t)
    const { body: bundle } = await make(built)

    const { status, body } = await built.ask('POST', `${path}/${bundle.sid}`, {
      Status: 'pending-review'
    })
    await built.mock.clock.advance('1 d')

    // The gem changes a trust product's sid here; Twilio does not.
    assert.deepEqual([status, body.sid, body['status']], [200, bundle.sid, 'pending-review'])
    const told = built.receiver.received.map(({ form }) => [form['BundleSid'], form['Status']])
    assert.deepEqual(told[0], [bundle.sid, 'in-review'])
    assert.equal(told.length, 2)
    assert.match(String(told[1]?.[1]), /^twilio-(?:approved|rejected)$/)

    const { sid } = await sdkOf(built).create()
    const bySdk = await sdkOf(built).submit(sid)
    assert.deepEqual([bySdk.sid, bySdk.status], [sid, 'pending-review'])
  })

  test(`${name}: channel_endpoint_assignments`, async t => {
    const built = await asTheGem(t)
    const { ask } = built
    const { body: bundle } = await make(built)
    const assignments = `${path}/${bundle.sid}/ChannelEndpointAssignments`
    await beforeNumber?.(built, bundle.sid)
    const made = await ask('POST', assignments, {
      ChannelEndpointType: 'phone-number',
      ChannelEndpointSid: gem.numberSid
    })

    const { status, body } = await ask('GET', assignments, { PageSize: 20 })
    const removed = await ask('DELETE', `${assignments}/${made.body.sid}`)
    const after = await ask('GET', assignments, { PageSize: 20 })

    assert.deepEqual([made.status, status, removed.status], [201, 200, 204])
    assert.deepEqual(sidsIn(body), [made.body.sid])
    assert.match(made.body.sid, /^RA[0-9a-f]{32}$/)
    assert.deepEqual([made.body[field], Object(body['meta']).key], [bundle.sid, 'results'])
    assert.deepEqual(sidsIn(after.body), [])

    const bySdk = await sdkOf(built).addNumber(bundle.sid, gem.numberSid)
    const listed = await sdkOf(built).listNumbers(bundle.sid)
    assert.deepEqual(
      listed.map(({ sid }) => sid),
      [bySdk.sid]
    )
    assert.equal(await sdkOf(built).removeNumber(bundle.sid, bySdk.sid), true)
    assert.deepEqual(await sdkOf(built).listNumbers(bundle.sid), [])
  })
}

function sidsIn(body: Answer['body']): unknown[] {
  return Object(body['results']).map(({ sid }: { sid: string }) => sid)
}
