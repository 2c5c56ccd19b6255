import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'
import twilio from 'twilio'

import { account, build, type Built, type FormValues } from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../development-account.ts'
import { bundleLifecycle } from '../lifecycles/bundle.ts'
import { districtInformation, policySids, superintendent } from '../testing/district.ts'

const profiles = '/trusthub/v1/CustomerProfiles'
const products = '/trusthub/v1/TrustProducts'
const endUsers = '/trusthub/v1/EndUsers'
const documents = '/trusthub/v1/SupportingDocuments'
const unknownPolicy = `RN${'F'.repeat(32)}`

interface Result {
  object_type: string
  passed: boolean
  error_code: number | null
  invalid: { object_field: string; error_code: number }[]
  valid: { object_field: string }[]
}

test('an evaluation says which objects and which of their fields are missing', async t => {
  const { request } = await build(t)
  const { sid } = await aBundle(request, profiles, policySids.secondaryProfile)
  await assign(request, profiles, sid, endUsers, 'authorized_representative_1', {
    ...superintendent,
    email: ' '
  })

  const evaluation = await request('POST', `${profiles}/${sid}/Evaluations`, {
    PolicySid: policySids.secondaryProfile
  })

  assert.deepEqual([evaluation.status, evaluation.body['status']], [201, 'noncompliant'])
  const told = resultsIn(evaluation.body).map(({ object_type, passed, error_code, invalid }) => [
    object_type,
    passed,
    error_code,
    invalid.length
  ])
  assert.deepEqual(told, [
    ['customer_profile_business_information', false, 22214, 8],
    ['authorized_representative_1', false, 22215, 1],
    ['customer_profile_address', false, 22216, 1],
    ['primary_customer_profile_type_business', false, 22216, 1]
  ])
  const [, representative, address] = resultsIn(evaluation.body)
  assert.deepEqual(
    representative?.invalid.map(({ object_field, error_code }) => [object_field, error_code]),
    [['email', 22215]]
  )
  assert.deepEqual(
    representative?.valid.map(({ object_field }) => object_field),
    ['first_name', 'last_name', 'phone_number', 'business_title', 'job_position']
  )
  assert.equal(address?.invalid[0]?.error_code, 22219)
})

test('an evaluation is kept as it was, whatever is added later', async t => {
  const { request } = await build(t)
  const { sid } = await aBundle(request, profiles, policySids.primaryProfile)
  const path = `${profiles}/${sid}/Evaluations`
  const PolicySid = policySids.primaryProfile

  const first = await request('POST', path, { PolicySid })
  await fill(request, sid)
  const second = await request('POST', path, { PolicySid })

  assert.deepEqual([first.body['status'], second.body['status']], ['noncompliant', 'compliant'])
  const list = await request('GET', path)
  assert.deepEqual(resultsIn(list.body).length, 2)
  const again = await request('GET', `${path}/${first.body.sid}`)
  assert.deepEqual(again.body, first.body)
})

test('a listed company has to say where it is listed, and any other has not', async t => {
  const { request } = await build(t)
  const { sid } = await aBundle(request, products, policySids.a2pProduct)
  const type = 'us_a2p_messaging_profile_information'
  const { objectSid } = await assign(request, products, sid, endUsers, type, {
    company_type: 'public'
  })
  const evaluate = async () => {
    const PolicySid = policySids.a2pProduct
    const { body } = await request('POST', `${products}/${sid}/Evaluations`, { PolicySid })
    return resultsIn(body)[0]?.invalid.map(({ object_field }) => object_field)
  }

  assert.deepEqual(await evaluate(), ['stock_exchange', 'stock_ticker', 'brand_contact_email'])
  await request('POST', `${endUsers}/${objectSid}`, { Attributes: '{"company_type":"private"}' })
  assert.deepEqual(await evaluate(), [])
})

test('a profile counts for a product once it is approved, and not before', async t => {
  const { request, mock } = await build(t)
  const profile = await aBundle(request, profiles, policySids.primaryProfile)
  await fill(request, profile.sid)
  const product = await aBundle(request, products, policySids.shakenStir)
  await request('POST', `${products}/${product.sid}/EntityAssignments`, {
    ObjectSid: profile.sid
  })
  const evaluate = async () => {
    const PolicySid = policySids.shakenStir
    return (await request('POST', `${products}/${product.sid}/Evaluations`, { PolicySid })).body
  }

  assert.equal((await evaluate())['status'], 'noncompliant')
  await request('POST', `${profiles}/${profile.sid}`, { Status: 'pending-review' })
  await mock.clock.advance('1 min')
  assert.equal((await evaluate())['status'], 'compliant')
})

test("a customer's profile stands on the approved one of its provider", async t => {
  const { request, mock } = await build(t)
  const primary = await aBundle(request, profiles, policySids.primaryProfile)
  const secondary = await aBundle(request, profiles, policySids.secondaryProfile)
  await fill(request, primary.sid)
  await fill(request, secondary.sid)
  await request('POST', `${profiles}/${secondary.sid}/EntityAssignments`, {
    ObjectSid: primary.sid
  })
  const evaluate = async () => {
    const PolicySid = policySids.secondaryProfile
    const path = `${profiles}/${secondary.sid}/Evaluations`
    return resultsIn((await request('POST', path, { PolicySid })).body).map(({ passed }) => passed)
  }

  assert.deepEqual(await evaluate(), [true, true, true, false])
  await request('POST', `${profiles}/${primary.sid}`, { Status: 'pending-review' })
  await mock.clock.advance('1 min')
  assert.deepEqual(await evaluate(), [true, true, true, true])
})

test('a policy that is not known can have a bundle and no evaluation', async t => {
  const { request } = await build(t)
  const { sid, status } = await aBundle(request, profiles, unknownPolicy)

  const evaluation = await request('POST', `${profiles}/${sid}/Evaluations`, {
    PolicySid: unknownPolicy
  })

  assert.equal(status, 201)
  assert.deepEqual([evaluation.status, evaluation.body['code']], [400, 20001])
})

test('a bundle that lacks nothing is approved, step by step', async t => {
  const { request, mock } = await build(t)
  const { sid } = await aBundle(request, profiles, policySids.primaryProfile)
  await fill(request, sid)
  const status = async () => (await request('GET', `${profiles}/${sid}`)).body['status']

  await request('POST', `${profiles}/${sid}`, { Status: 'pending-review' })
  assert.equal(await status(), 'pending-review')
  await mock.clock.advance('2 s')
  assert.equal(await status(), 'in-review')
  await mock.clock.advance('3 s')
  assert.equal(await status(), 'twilio-approved')
})

test('a bundle that lacks something is rejected, with the codes and in words', async t => {
  const { request, mock, receiver } = await build(t)
  const { sid } = await aBundle(request, profiles, policySids.primaryProfile, {
    StatusCallback: `${receiver.url}/compliance`
  })
  await assign(request, profiles, sid, endUsers, 'authorized_representative_1', superintendent)

  await request('POST', `${profiles}/${sid}`, { Status: 'pending-review' })
  await mock.clock.advance('1 min')

  const { body } = await request('GET', `${profiles}/${sid}`)
  assert.equal(body['status'], 'twilio-rejected')
  assert.deepEqual(body['errors'], [{ code: 22214 }, { code: 22216 }])
  const [, rejection] = receiver.received
  assert.equal(rejection?.form['Status'], 'twilio-rejected')
  assert.match(rejection?.form['FailureReason'] ?? '', /Business Information End-User is missing/)
})

test('what was rejected is put right and handed in again', async t => {
  const { request, mock } = await build(t)
  const { sid } = await aBundle(request, profiles, policySids.primaryProfile)
  await request('POST', `${profiles}/${sid}`, { Status: 'pending-review' })
  await mock.clock.advance('1 min')

  await fill(request, sid)
  const again = await request('POST', `${profiles}/${sid}`, { Status: 'pending-review' })
  await mock.clock.advance('1 min')

  assert.equal(again.body['errors'], null)
  assert.equal((await request('GET', `${profiles}/${sid}`)).body['status'], 'twilio-approved')
})

test('a rule rejects what lacks nothing, and leaves the rules for messages to messages', async t => {
  const { request, mock, send } = await build(t)
  const { faults } = mock.world()
  const forMessages = faults.add({ effect: { type: 'outcome', status: 'undelivered' } })
  faults.add({
    match: { operation: 'review-trust-product', body_contains: 'Texts' },
    effect: { type: 'outcome', status: 'twilio-rejected', error_code: 18602 }
  })
  const { sid } = await aBundle(request, products, unknownPolicy, { FriendlyName: 'Texts' })
  const other = await aBundle(request, products, unknownPolicy, { FriendlyName: 'Calls' })

  for (const bundle of [sid, other.sid]) {
    await request('POST', `${products}/${bundle}`, { Status: 'pending-review' })
  }
  await mock.clock.advance('1 min')
  assert.equal(forMessages.applied, 0)
  const { body: message } = await send()
  await mock.clock.advance('1 min')

  const { body } = await request('GET', `${products}/${sid}`)
  assert.deepEqual([body['status'], body['errors']], ['twilio-rejected', [{ code: 18602 }]])
  const { body: approved } = await request('GET', `${products}/${other.sid}`)
  assert.equal(approved['status'], 'twilio-approved')
  assert.equal(mock.world().messages.find(message.sid)?.status, 'undelivered')
})

test('a review that is taken back never ends, and the next one does', async t => {
  const { request, mock, receiver } = await build(t)
  const { sid } = await aBundle(request, profiles, unknownPolicy, {
    StatusCallback: `${receiver.url}/compliance`
  })
  const path = `${profiles}/${sid}`

  await request('POST', path, { Status: 'pending-review' })
  await request('POST', path, { Status: 'draft' })
  await mock.clock.advance('1 min')
  assert.equal((await request('GET', path)).body['status'], 'draft')
  assert.equal(receiver.received.length, 0)

  await request('POST', path, { Status: 'pending-review' })
  await request('POST', path, { Status: 'draft' })
  await request('POST', path, { Status: 'pending-review' })
  await mock.clock.advance('1 min')
  const told = receiver.received.map(({ form }) => form['Status'])
  assert.deepEqual(told, ['in-review', 'twilio-approved'])
})

test('a status that nobody may ask for, or not now, is refused', async t => {
  const { request, mock } = await build(t)
  const { sid } = await aBundle(request, profiles, unknownPolicy)
  const path = `${profiles}/${sid}`
  const code = async (form: FormValues) => (await request('POST', path, form)).body['code']

  for (const Status of ['approved', 'in-review', 'twilio-approved', 'twilio-rejected', 'DRAFT']) {
    assert.equal(await code({ Status }), 22203, Status)
  }
  assert.equal(await code({ Status: 'pending-review', FriendlyName: 'Other' }), 22204)
  assert.equal(await code({ Status: 'draft', Email: 'a@b.example' }), 22204)
  assert.equal((await request('GET', path)).body['friendly_name'], 'Clearwater')

  await request('POST', path, { Status: 'pending-review' })
  assert.equal(await code({ Status: 'pending-review' }), 20409)
  await mock.clock.advance('2 s')
  assert.equal(await code({ Status: 'draft' }), 20409)
  assert.equal(await code({ FriendlyName: 'Other' }), 20409)
})

test('a bundle is handed in together with its status callback, as the guides do', async t => {
  const { request, receiver, mock } = await build(t)
  const { sid } = await aBundle(request, products, unknownPolicy)

  const { body } = await request('POST', `${products}/${sid}`, {
    Status: 'pending-review',
    StatusCallback: `${receiver.url}/compliance`
  })
  await mock.clock.advance('1 min')

  assert.equal(body['status'], 'pending-review')
  assert.equal(receiver.received.length, 2)
})

test('an approved bundle is changed only after it has become a draft again', async t => {
  const { request, mock } = await build(t)
  const { sid } = await aBundle(request, profiles, unknownPolicy)
  const path = `${profiles}/${sid}`
  const object = await request('POST', endUsers, { FriendlyName: 'A', Type: 'business' })
  const ObjectSid = object.body.sid
  const assigned = await request('POST', `${path}/EntityAssignments`, { ObjectSid })
  const assignment = `${path}/EntityAssignments/${assigned.body.sid}`
  await request('POST', path, { Status: 'pending-review' })
  await mock.clock.advance('1 min')

  const refused = [
    await request('POST', path, { FriendlyName: 'Other' }),
    await request('POST', `${path}/EntityAssignments`, { ObjectSid }),
    await request('DELETE', assignment),
    await request('DELETE', `${endUsers}/${ObjectSid}`)
  ]
  for (const { status, body } of refused) assert.deepEqual([status, body['code']], [409, 20409])

  await request('POST', path, { Status: 'draft' })
  const renamed = await request('POST', path, { FriendlyName: 'Other' })
  assert.equal(renamed.body['friendly_name'], 'Other')
  assert.equal((await request('DELETE', assignment)).status, 204)
  assert.equal((await request('DELETE', assignment)).status, 404)
})

test('a bundle is not deleted under review, and takes what is its own with it', async t => {
  const { request, mock } = await build(t)
  const { sid } = await aBundle(request, profiles, unknownPolicy)
  await request('POST', `${profiles}/${sid}`, { Status: 'pending-review' })

  const early = await request('DELETE', `${profiles}/${sid}`)
  await mock.clock.advance('1 min')
  const late = await request('DELETE', `${profiles}/${sid}`)

  assert.deepEqual([early.status, early.body['code'], late.status], [409, 20409, 204])
  for (const path of ['', '/EntityAssignments', '/Evaluations', '/ChannelEndpointAssignments']) {
    assert.equal((await request('GET', `${profiles}/${sid}${path}`)).body['code'], 20404)
  }
})

test('a bundle of one kind is not found among those of the other', async t => {
  const { request } = await build(t)
  const { sid } = await aBundle(request, profiles, unknownPolicy)

  assert.equal((await request('GET', `${products}/${sid}`)).body['code'], 20404)
  const wrongKind = { FriendlyName: 'A', Email: 'a', PolicySid: policySids.a2pProduct }
  assert.equal((await request('POST', profiles, wrongKind)).body['code'], 20001)
})

test('a bundle that is made wrongly is refused, and nothing of it stays', async t => {
  const { request } = await build(t)
  const good = { FriendlyName: 'A', Email: 'a@b.example', PolicySid: unknownPolicy }
  const mistakes: [form: FormValues, code: number][] = [
    [{}, 20001],
    [{ ...good, FriendlyName: '' }, 20001],
    [{ ...good, FriendlyName: 'x'.repeat(5000) }, 20001],
    [{ ...good, Email: '' }, 20001],
    [{ ...good, PolicySid: 'RN1' }, 20001],
    [{ ...good, PolicySid: '__proto__' }, 20001],
    [{ ...good, StatusCallback: 'nowhere' }, 21402]
  ]

  for (const [form, code] of mistakes) {
    assert.equal((await request('POST', profiles, form)).body['code'], code, JSON.stringify(form))
  }
  assert.deepEqual((await request('GET', profiles)).body['results'], [])
})

test('bundles are listed by status, name and policy', async t => {
  const { request } = await build(t)
  const first = await aBundle(request, profiles, unknownPolicy, { FriendlyName: 'North' })
  const second = await aBundle(request, profiles, policySids.primaryProfile)
  await request('POST', `${profiles}/${first.sid}`, { Status: 'pending-review' })
  const sids = async (query: FormValues) =>
    resultsOf<{ sid: string }>((await request('GET', profiles, query)).body).map(({ sid }) => sid)

  assert.deepEqual(await sids({ Status: 'pending-review' }), [first.sid])
  assert.deepEqual(await sids({ FriendlyName: 'North' }), [first.sid])
  assert.deepEqual(await sids({ PolicySid: policySids.primaryProfile }), [second.sid])
  assert.deepEqual(await sids({}), [first.sid, second.sid])
  assert.equal((await request('GET', profiles, { Status: 'new' })).body['code'], 22203)
})

test('an object is assigned if the account has it and a bundle has a use for it', async t => {
  const { request, mock } = await build(t)
  const { sid } = await aBundle(request, profiles, unknownPolicy)
  const path = `${profiles}/${sid}/EntityAssignments`
  const [number] = mock.world().numbers.keys()
  const mistakes: [objectSid: string, code: number][] = [
    ['', 20001],
    ['nonsense', 22205],
    [`IT${'0'.repeat(31)}`, 22205],
    [`IT${'0'.repeat(32)}`, 22205],
    [`RD${'0'.repeat(32)}`, 22205],
    [`BU${'0'.repeat(32)}`, 22205],
    [`AD${'0'.repeat(32)}`, 22205],
    [sid, 22205],
    [String(number), 22206],
    [developmentAccount.messagingServiceSid, 22206],
    [`ZZ${'0'.repeat(32)}`, 22206]
  ]

  for (const [ObjectSid, code] of mistakes) {
    assert.equal((await request('POST', path, { ObjectSid })).body['code'], code, ObjectSid)
  }
  assert.deepEqual((await request('GET', path)).body['results'], [])
  const address = await request('POST', `${account}/Addresses.json`, {
    CustomerName: 'Local district',
    Street: '1 School Street',
    City: 'Jackson',
    Region: 'MS',
    PostalCode: '39201',
    IsoCountry: 'US'
  })
  assert.equal((await request('POST', path, { ObjectSid: address.body.sid })).status, 201)
})

test("what the Ruby gem's tests assign, and how it writes attributes, is taken", async t => {
  const { request } = await build(t)
  const { sid } = await aBundle(request, '/v1/CustomerProfiles', unknownPolicy)

  const assignment = await request('POST', `/v1/CustomerProfiles/${sid}/EntityAssignments`, {
    ObjectSid: 'a'.repeat(34)
  })
  const endUser = await request('POST', '/v1/EndUsers', {
    FriendlyName: 'friendly_name',
    Type: 'authorized_representative_1',
    Attributes: '{}'
  })
  const document = await request('POST', '/v1/SupportingDocuments', {
    FriendlyName: 'friendly_name',
    Type: 'business',
    Attributes: '[]'
  })
  const product = await request('POST', '/v1/TrustProducts', {
    Email: 'test',
    FriendlyName: 'test',
    PolicySid: 'RNb0d4771c2c98518d923b3d4cd70a8f8b'
  })

  assert.deepEqual([assignment.status, assignment.body.sid.slice(0, 2)], [201, 'BV'])
  assert.deepEqual([endUser.status, endUser.body['attributes']], [201, {}])
  assert.deepEqual([document.status, document.body['attributes']], [201, []])
  assert.deepEqual([product.status, product.body['status']], [201, 'draft'])
  for (const path of ['EndUserTypes', 'SupportingDocumentTypes', 'Policies']) {
    assert.equal((await request('GET', `/v1/${path}`)).status, 200, path)
  }
})

test('assignments are listed by the type of their object', async t => {
  const { request } = await build(t)
  const { sid } = await aBundle(request, profiles, unknownPolicy)
  const { objectSid } = await assign(request, profiles, sid, endUsers, 'business', {})
  await assign(request, profiles, sid, documents, 'customer_profile_address', {})

  const { body } = await request('GET', `${profiles}/${sid}/EntityAssignments`, {
    ObjectType: 'business'
  })

  const found = resultsOf<{ object_sid: string }>(body).map(({ object_sid }) => object_sid)
  assert.deepEqual(found, [objectSid])
})

test('attributes are JSON of an object, or they are refused', async t => {
  const { request, mock } = await build(t)
  const create = (Attributes: string) =>
    request('POST', endUsers, { FriendlyName: 'A', Type: 'business', Attributes })

  for (const wrong of ['{', 'nonsense', '7', '"text"', 'null', 'true', '[1]', '{"a":}']) {
    const { status, body } = await create(wrong)
    assert.deepEqual([status, body['code']], [400, 22207], wrong)
  }
  const odd = '{"__proto__":{"passed":true},"constructor":"é🚌\\u0000","list":[1,{"a":null}]}'
  const { body } = await create(odd)
  assert.deepEqual(JSON.stringify(body['attributes']), JSON.stringify(JSON.parse(odd)))
  assert.equal((await create('')).status, 201)
  assert.equal(mock.world().compliance.endUsers.size, 2)
})

test('attributes of a JSON request need not be text', async t => {
  const { mock } = await build(t)
  const { accountSid, authToken } = developmentAccount
  const post = async (payload: object) =>
    mock.app.inject({
      method: 'POST',
      url: endUsers,
      headers: {
        authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
      },
      payload
    })

  const named = { FriendlyName: 'A', Type: 'business' }
  const given = await post({ ...named, Attributes: { first_name: 'Ada' } })
  const empty = await post({ ...named, Attributes: [] })
  const wrong = await post({ ...named, Attributes: 7 })

  assert.deepEqual(given.json()['attributes'], { first_name: 'Ada' })
  assert.deepEqual(empty.json()['attributes'], [])
  assert.deepEqual([wrong.statusCode, wrong.json()['code']], [400, 22207])
})

test('a document needs a type and a name', async t => {
  const { request } = await build(t)
  const code = async (form: FormValues) => (await request('POST', documents, form)).body['code']

  assert.equal(await code({ FriendlyName: 'A' }), 22210)
  assert.equal(await code({ Type: 'business' }), 22211)
  assert.equal((await request('POST', endUsers, { Type: 'business' })).body['code'], 20001)
  assert.equal((await request('POST', endUsers, { FriendlyName: 'A' })).body['code'], 20001)
})

test('the status of a document follows its bundle, in the case that the world has chosen', async t => {
  const { request, mock, control } = await build(t)
  const statusAfterApproval = async () => {
    const { sid } = await aBundle(request, profiles, unknownPolicy)
    const { objectSid } = await assign(request, profiles, sid, documents, 'business', {})
    const path = `${documents}/${objectSid}`
    const statuses = [(await request('GET', path)).body['status']]
    await request('POST', `${profiles}/${sid}`, { Status: 'pending-review' })
    statuses.push((await request('GET', path)).body['status'])
    await mock.clock.advance('1 min')
    return [...statuses, (await request('GET', path)).body['status']]
  }

  assert.deepEqual(await statusAfterApproval(), ['draft', 'pending-review', 'approved'])
  await control('POST', '/_mock/reset', { supporting_document_status: 'upper' })
  assert.deepEqual(await statusAfterApproval(), ['DRAFT', 'PENDING_REVIEW', 'APPROVED'])
})

test('a number joins a profile, and then a product that stands on it', async t => {
  const { request, mock } = await build(t)
  const [first = '', second = ''] = mock.world().numbers.keys()
  const profile = await aBundle(request, profiles, unknownPolicy)
  const product = await aBundle(request, products, unknownPolicy)
  await request('POST', `${products}/${product.sid}/EntityAssignments`, { ObjectSid: profile.sid })
  const join = async (collection: string, bundle: string, ChannelEndpointSid: string) =>
    request('POST', `${collection}/${bundle}/ChannelEndpointAssignments`, {
      ChannelEndpointType: 'phone-number',
      ChannelEndpointSid
    })

  const early = await join(products, product.sid, first)
  const inProfile = await join(profiles, profile.sid, first)
  const inProduct = await join(products, product.sid, first)
  const again = await join(profiles, profile.sid, first)
  const unknown = await join(profiles, profile.sid, `PN${'0'.repeat(32)}`)

  assert.equal(early.body['code'], 20001)
  assert.deepEqual([inProfile.status, inProduct.status], [201, 201])
  assert.deepEqual([again.body['code'], unknown.body['code']], [20409, 20001])
  await join(profiles, profile.sid, second)
  const path = `${profiles}/${profile.sid}/ChannelEndpointAssignments`
  const count = async (query: FormValues) =>
    resultsOf((await request('GET', path, query)).body).length
  assert.equal(await count({ PageSize: 20 }), 2)
  assert.equal(await count({ ChannelEndpointSid: second }), 1)
  assert.equal(await count({ ChannelEndpointSids: `${first},${second}` }), 2)
  assert.equal((await request('DELETE', `${path}/${inProfile.body.sid}`)).status, 204)
  assert.equal(await count({}), 1)
})

test('policies name types, and the links in them lead to those types', async t => {
  const { request } = await build(t)
  const list = await request('GET', '/trusthub/v1/Policies')
  const links = [...JSON.stringify(list.body).matchAll(/"(\/(?:EndUser|Supporting)\w+\/\w+)"/g)]

  assert.equal(resultsOf(list.body).length, 7)
  assert.ok(links.length > 10)
  for (const [, link] of links) {
    const { status, body } = await request('GET', `/trusthub/v1${link}`)
    assert.deepEqual([status, body['machine_name']], [200, link?.split('/').at(-1)])
    const collection = String(link).split('/')[1]
    assert.equal((await request('GET', `/trusthub/v1/${collection}/${body.sid}`)).status, 200)
  }
  assert.equal((await request('GET', '/trusthub/v1/Policies/RN1')).body['code'], 20404)
  assert.equal((await request('GET', '/trusthub/v1/EndUserTypes/OY1')).body['code'], 20404)
})

test('a step that is refused does not keep the next from being told, and is an alert', async t => {
  const { request, mock, receiver } = await build(t)
  receiver.answers(() => ({ status: 500 }))
  const { sid } = await aBundle(request, profiles, unknownPolicy, {
    StatusCallback: `${receiver.url}/compliance`
  })

  await request('POST', `${profiles}/${sid}`, { Status: 'pending-review' })
  await mock.clock.advance('1 min')

  const told = receiver.received.map(({ form }) => form['Status'])
  assert.deepEqual(told, ['in-review', 'twilio-approved'])
  assert.deepEqual(
    mock.world().alerts.map(({ code }) => code),
    [11200, 11200]
  )
})

test('callbacks of bundles are dropped, doubled, late or forged when a rule says so', async t => {
  const { request, mock, receiver } = await build(t)
  const told = async (fault: 'drop' | 'duplicate' | 'delay' | 'wrong_signature') => {
    const before = receiver.received.length
    const rule = mock.world().faults.add({
      match: { operation: 'compliance-callback' },
      effect: { type: 'callback', fault, status: 'in-review' }
    })
    const { sid } = await aBundle(request, profiles, unknownPolicy, {
      StatusCallback: `${receiver.url}/compliance`
    })
    await request('POST', `${profiles}/${sid}`, { Status: 'pending-review' })
    await mock.clock.advance('1 min')
    mock.world().faults.remove(rule.id)
    return receiver.received.slice(before).map(({ form }) => form['Status'])
  }

  assert.deepEqual(await told('drop'), ['twilio-approved'])
  assert.deepEqual(await told('duplicate'), ['in-review', 'in-review', 'twilio-approved'])
  assert.deepEqual(await told('delay'), ['twilio-approved', 'in-review'])
  await told('wrong_signature')
  const isAuthentic = receiver.received.slice(-2).map(({ form, headers }) => {
    const signature = String(headers['x-twilio-signature'])
    const url = `${receiver.url}/compliance`
    return twilio.validateRequest(developmentAccount.authToken, signature, url, form)
  })
  assert.deepEqual(isAuthentic, [false, true])
})

test('callbacks of bundles lack, gain or change something when a rule says so', async t => {
  const { request, mock, receiver } = await build(t)
  const StatusCallback = `${receiver.url}/compliance`
  const { sid } = await aBundle(request, profiles, unknownPolicy, { StatusCallback })
  const faults = ['missing_parameter', 'extra_parameter', 'wrong_method'] as const
  for (const fault of faults) {
    mock.world().faults.add({ effect: { type: 'callback', fault }, count: 1 })
  }

  for (const Status of ['pending-review', 'draft', 'pending-review']) {
    await request('POST', `${profiles}/${sid}`, { Status })
    await mock.clock.advance('1 min')
  }

  const told = receiver.received.map(({ method, form }) => [
    method,
    form['Status'],
    form['NewParameter']
  ])
  assert.deepEqual(told, [
    ['POST', undefined, undefined],
    ['POST', 'twilio-approved', 'of a fault'],
    ['GET', 'in-review', undefined],
    ['POST', 'twilio-approved', undefined]
  ])
})

test('a number that is released is in no profile any more', async t => {
  const { request, mock } = await build(t)
  const [number = ''] = mock.world().numbers.keys()
  const { sid } = await aBundle(request, profiles, unknownPolicy)
  const path = `${profiles}/${sid}/ChannelEndpointAssignments`
  const endpoint = { ChannelEndpointType: 'phone-number', ChannelEndpointSid: number }
  assert.equal((await request('POST', path, endpoint)).status, 201)

  await request('DELETE', `${account}/IncomingPhoneNumbers/${number}.json`)

  assert.deepEqual((await request('GET', path)).body['results'], [])
})

test('a review that is under way is data, and so is all that it is about', async t => {
  const { request, mock } = await build(t)
  const { sid } = await aBundle(request, profiles, policySids.primaryProfile)
  await fill(request, sid)
  await request('POST', `${profiles}/${sid}/Evaluations`, { PolicySid: policySids.primaryProfile })
  await request('POST', `${profiles}/${sid}`, { Status: 'pending-review' })

  const { compliance, agenda } = mock.world()

  assert.deepEqual(structuredClone(compliance), compliance)
  assert.deepEqual(JSON.parse(JSON.stringify(agenda.list())), agenda.list())
  assert.deepEqual(
    agenda.list().map(({ plan }) => plan),
    [{ kind: 'bundle-review', sid, submission: 1 }]
  )
})

test('in an instant world nothing waits for its review', async t => {
  const { request, mock, control } = await build(t)
  await control('POST', '/_mock/reset', { profile: 'instant' })
  const { sid } = await aBundle(request, profiles, unknownPolicy)

  await request('POST', `${profiles}/${sid}`, { Status: 'pending-review' })
  await mock.clock.advance('1 ms')

  assert.equal((await request('GET', `${profiles}/${sid}`)).body['status'], 'twilio-approved')
})

test('a world that is made again has no bundles', async t => {
  const { request, mock, control } = await build(t)
  await aBundle(request, profiles, unknownPolicy)

  await control('POST', '/_mock/reset')

  assert.equal(mock.world().compliance.bundles.size, 0)
  assert.deepEqual((await request('GET', profiles)).body['results'], [])
})

test('no sequence of requests and minutes moves a bundle but along its table', async t => {
  const { request, mock } = await build(t)
  const step = fc.constantFrom(
    { Status: 'pending-review' },
    { Status: 'draft' },
    { Status: 'twilio-approved' },
    { FriendlyName: 'Other' },
    '1 s' as const,
    '3 s' as const
  )

  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 15 }),
      fc.constantFrom(unknownPolicy, policySids.primaryProfile),
      async (steps, policy) => {
        const { sid } = await aBundle(request, profiles, policy)
        for (const next of steps) {
          if (typeof next === 'string') {
            await mock.clock.advance(next)
            continue
          }
          const { status } = await request('POST', `${profiles}/${sid}`, next)
          assert.ok([200, 400, 409].includes(status))
        }
        const moves = mock
          .world()
          .journal.list({ match: { kind: 'compliance.status', sid }, limit: 100 })
        let status = 'draft'
        for (const move of moves) {
          assert.equal(move['was'], status)
          const [, allowed] =
            Object.entries(bundleLifecycle).find(([from]) => from === status) ?? []
          status = String(move['status'])
          assert.ok(Object.values(allowed ?? {}).some(next => next === status))
        }
        assert.equal((await request('GET', `${profiles}/${sid}`)).body['status'], status)
      }
    ),
    { numRuns: 30, ...seed() }
  )
})

test('whatever is sent is answered, and never with a failure of the mock', async t => {
  const { request } = await build(t)
  const { sid } = await aBundle(request, profiles, unknownPolicy)
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.constantFrom('__proto__', 'constructor', '\u0000', '🚌', 'x'.repeat(10_000), '[]', '{}')
  )
  const names = ['FriendlyName', 'Email', 'PolicySid', 'Status', 'StatusCallback', 'ObjectSid']
  const form = fc.dictionary(
    fc.constantFrom(...names, 'Type', 'Attributes', 'ChannelEndpointType', 'ChannelEndpointSid'),
    fc.oneof(value, fc.array(value, { maxLength: 3 }))
  )
  const paths = [
    profiles,
    `${profiles}/${sid}`,
    `${profiles}/${sid}/EntityAssignments`,
    `${profiles}/${sid}/Evaluations`,
    `${profiles}/${sid}/ChannelEndpointAssignments`,
    endUsers,
    documents
  ]

  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), form, async (path, sent) => {
      const { status } = await request('POST', path, sent)
      assert.ok(status < 500, `${path} answered ${status}`)
    }),
    { numRuns: 60, ...seed() }
  )
})

type Request = Built['request']

async function aBundle(
  request: Request,
  collection: string,
  PolicySid: string,
  more: FormValues = {}
): Promise<{ sid: string; status: number }> {
  const form = { FriendlyName: 'Clearwater', Email: 'a@district.example', PolicySid, ...more }
  const { status, body } = await request('POST', collection, form)
  return { sid: body.sid, status }
}

async function assign(
  request: Request,
  collection: string,
  bundleSid: string,
  objects: string,
  Type: string,
  attributes: object
): Promise<{ objectSid: string }> {
  const Attributes = JSON.stringify(attributes)
  const { body } = await request('POST', objects, { FriendlyName: Type, Type, Attributes })
  const path = `${collection}/${bundleSid}/EntityAssignments`
  const assigned = await request('POST', path, { ObjectSid: body.sid })
  assert.equal(assigned.status, 201)
  return { objectSid: body.sid }
}

/** Everything that the policy of a primary profile wants. */
async function fill(request: Request, sid: string): Promise<void> {
  const business = 'customer_profile_business_information'
  await assign(request, profiles, sid, endUsers, business, districtInformation)
  await assign(request, profiles, sid, endUsers, 'authorized_representative_1', superintendent)
  await assign(request, profiles, sid, documents, 'customer_profile_address', {
    address_sids: [`AD${'1'.repeat(32)}`]
  })
}

function resultsIn(body: Record<string, unknown>): Result[] {
  return resultsOf<Result>(body)
}

function resultsOf<T>(body: Record<string, unknown>): T[] {
  const { results } = body
  assert.ok(Array.isArray(results))
  return results
}

function seed(): { seed?: number } {
  const given = process.env['TEST_SEED']
  return given === undefined ? {} : { seed: Number(given) }
}
