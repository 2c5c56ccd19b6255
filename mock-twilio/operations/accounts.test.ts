import assert from 'node:assert/strict'
import { test } from 'node:test'

import { account, basic, build, type FormValues } from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount, developmentAccountSeed } from '../development-account.ts'
import { numberedSid } from '../ids.ts'

const good = {
  CustomerName: 'School',
  Street: '1 Main Street',
  City: 'Sardis',
  Region: 'MS',
  PostalCode: '38666',
  IsoCountry: 'US'
}

test('an address that is wrong is refused, and an untidy one is tidied or suggested', async t => {
  const { request } = await build(t)
  const attempts: [form: FormValues, code: number | undefined][] = [
    [good, undefined],
    [{ ...good, Region: 'ms' }, undefined],
    [{ ...good, Region: 'ms', AutoCorrectAddress: false }, 21629],
    [{ ...good, Region: 'Nowhere' }, 21628],
    [{ ...good, PostalCode: '38' }, 21628],
    [{ ...good, IsoCountry: 'XX' }, 21628],
    [{ ...good, IsoCountry: 'CA', Region: 'ON', PostalCode: 'm5h2n2' }, undefined],
    [{ ...good, IsoCountry: 'FR', Region: 'Paris', PostalCode: '75001' }, undefined],
    [{ ...good, Street: '' }, 20001],
    [{ ...good, City: 'x'.repeat(256) }, 21628],
    [{ ...good, FriendlyName: 'x'.repeat(65) }, 20002],
    [{ ...good, EmergencyEnabled: 'perhaps' }, 20001]
  ]

  for (const [form, code] of attempts) {
    const { body } = await request('POST', `${account}/Addresses.json`, form)
    assert.equal(body['code'], code, JSON.stringify(form))
  }
  const { body } = await request('GET', `${account}/Addresses.json`)
  assert.deepEqual(
    Object(body['addresses']).map((address: Record<string, unknown>) => [
      address['postal_code'],
      address['validated']
    ]),
    [
      ['38666', true],
      ['38666', true],
      ['M5H 2N2', true],
      ['75001', false]
    ]
  )
})

test('the status of an account changes by the rules', async t => {
  const { request, mock } = await build(t)
  const { body: child } = await request('POST', '/2010-04-01/Accounts.json')
  const path = `/2010-04-01/Accounts/${child.sid}.json`
  const set = async (Status: string, of = path) =>
    (await request('POST', of, { Status })).body['code']
  const asChild = { authorization: basic(child.sid, String(child['auth_token'])) }

  assert.equal(await set('closed', `${account}.json`), 21477)
  assert.equal(await set('asleep'), 21475)
  assert.equal(await set('suspended'), undefined)
  const ofItsOwn = await mock.app.inject({
    method: 'POST',
    url: path,
    headers: asChild,
    payload: { Status: 'active' }
  })
  assert.deepEqual([ofItsOwn.statusCode, ofItsOwn.json().code], [401, 20005])
  const byParent = await request('POST', path.replace('.json', '/Messages.json'))
  assert.equal(byParent.body['code'], 20005)
  assert.equal((await request('GET', path)).body['status'], 'suspended')
  assert.equal(await set('closed'), undefined)
  assert.equal(await set('active'), 21479)
})

test('a subaccount has no subaccounts', async t => {
  const { request, mock } = await build(t)
  const { body: child } = await request('POST', '/2010-04-01/Accounts.json')

  const grandchild = await mock.app.inject({
    method: 'POST',
    url: '/2010-04-01/Accounts.json',
    headers: { authorization: basic(child.sid, String(child['auth_token'])) }
  })

  assert.deepEqual([grandchild.statusCode, grandchild.json().code], [403, 20006])
})

test('an account has a thousand subaccounts at most', async t => {
  const { request, mock } = await build(t)
  for (let index = 100; index < 1100; index++) {
    mock.store.replace({ account_sid: numberedSid('AC', index) }, developmentAccount.accountSid)
  }

  const { body } = await request('POST', '/2010-04-01/Accounts.json')

  assert.equal(body['code'], 21480)
})

test('a suspended parent does nothing to its subaccounts either', async t => {
  const { request, mock } = await build(t)
  const { body: child } = await request('POST', '/2010-04-01/Accounts.json')
  mock.world().status = 'suspended'

  const { status, body } = await request('GET', `/2010-04-01/Accounts/${child.sid}.json`)

  assert.deepEqual([status, body['code']], [401, 20005])
})

test('a restricted key does what its permissions name, and nothing else', async t => {
  const key = { sid: numberedSid('SK', 7), secret: 'secret' }
  const seed = developmentAccountSeed()
  const permitted = { ...key, type: 'restricted' as const, permissions: ['list-messages'] }
  const { mock } = await build(t, [{ ...seed, api_keys: [permitted] }])
  const ask = async (path: string) => {
    const headers = { authorization: basic(key.sid, key.secret) }
    return (await mock.app.inject({ url: account + path, headers })).statusCode
  }

  assert.deepEqual(
    [await ask('/Messages.json'), await ask('/IncomingPhoneNumbers.json'), await ask('/Keys.json')],
    [200, 403, 403]
  )
})

test('a caller id is asked for rightly or refused', async t => {
  const { request } = await build(t)
  const path = `${account}/OutgoingCallerIds.json`
  const PhoneNumber = '+16015550123'

  const codes = [
    await request('POST', path, { PhoneNumber: '555' }),
    await request('POST', path, { PhoneNumber, CallDelay: 61 }),
    await request('POST', path, { PhoneNumber, StatusCallback: 'nowhere' }),
    await request('POST', path, { PhoneNumber, StatusCallbackMethod: 'PUT' }),
    await request('POST', path, { PhoneNumber, FriendlyName: 'x'.repeat(65) })
  ].map(({ body }) => body['code'])

  assert.deepEqual(codes, [21401, 21454, 21502, 21403, 20002])
})

test('every answer bears the headers of its product', async t => {
  const { request } = await build(t)

  const api = await request('GET', `${account}.json`)
  const messaging = await request('GET', '/messaging.twilio.com/v1/Services')

  assert.equal(api.headers['x-api-domain'], 'api.twilio.com')
  assert.equal(messaging.headers['x-api-domain'], 'messaging.twilio.com')
  assert.equal(api.headers['x-shenanigans'], 'none')
  assert.equal(api.headers['strict-transport-security'], 'max-age=31536000')
  assert.match(String(api.headers['twilio-request-id']), /^RQ[0-9a-f]{32}$/)
})

test('a path without .json, which is XML at Twilio, is not found', async t => {
  const { request } = await build(t)

  const { status, body } = await request('GET', account)

  assert.deepEqual([status, body['code']], [404, 20404])
})

test('test credentials know the magic numbers by heart', async t => {
  const sid = numberedSid('AC', 2)
  const seed = { account_sid: sid, auth_token: 'test', test_credentials: true }
  const { mock } = await build(t, [developmentAccountSeed(), seed])
  const headers = { authorization: basic(sid, 'test') }
  const post = async (path: string, payload: FormValues) => {
    const url = `/2010-04-01/Accounts/${sid}/${path}.json`
    const answer = await mock.app.inject({ method: 'POST', url, headers, payload })
    return answer.statusCode === 201 ? 'ok' : answer.json().code
  }
  const magic = '+15005550006'
  const someone = '+16015550123'
  const messages: [from: string, to: string, result: unknown][] = [
    ['+15005550001', someone, 21212],
    ['+15005550007', someone, 21606],
    ['+15005550008', someone, 21611],
    [magic, someone, 'ok'],
    ['+16015550100', someone, 21606],
    [magic, '+15005550001', 21211],
    [magic, '+15005550002', 21612],
    [magic, '+15005550003', 21408],
    [magic, '+15005550004', 21610],
    [magic, '+15005550009', 21614]
  ]
  const purchases: [form: FormValues, result: unknown][] = [
    [{ PhoneNumber: '+15005550000' }, 21422],
    [{ PhoneNumber: '+15005550001' }, 21421],
    [{ PhoneNumber: magic }, 'ok'],
    [{ PhoneNumber: magic }, 'ok'],
    [{ PhoneNumber: '+12125550147' }, 21421],
    [{ AreaCode: 533 }, 21452],
    [{ AreaCode: 500 }, 'ok'],
    [{ AreaCode: 601 }, 21452]
  ]

  for (const [From, To, result] of messages) {
    assert.equal(await post('Messages', { From, To, Body: 'Hi' }), result, `${From} to ${To}`)
  }
  for (const [form, result] of purchases) {
    assert.equal(await post('IncomingPhoneNumbers', form), result, JSON.stringify(form))
  }
  assert.equal(await post('Addresses', good), 20008)
  assert.equal(mock.world(sid).numbers.size, 0)
  assert.equal([...mock.world(sid).messages.newestFirst({})].length, 0)
})

test('for the Ruby gem, the fields that it overwrites hold something', async t => {
  const { request, send } = await build(t, [{ ...developmentAccountSeed(), gem_compat: true }])

  const { body: number } = await request('POST', `${account}/IncomingPhoneNumbers.json`, {
    PhoneNumber: '+12125550147'
  })
  const { body: message } = await send()
  const lookups = [
    await request('GET', '/v2/PhoneNumbers/+1123456788', { Fields: 'line_type_intelligence' }),
    await request('GET', '/v2/PhoneNumbers/+1123456789', { Fields: 'line_type_intelligence' })
  ]

  for (const name of ['identity_sid', 'address_sid', 'emergency_address_sid', 'bundle_sid']) {
    assert.match(String(number[name]), /^[A-Z]{2}[0-9a-f]{32}$/)
  }
  assert.equal(message['date_sent'], message['date_created'])
  assert.deepEqual(
    lookups.map(({ body }) => [
      body['valid'],
      body['country_code'],
      Object(body['line_type_intelligence']).type
    ]),
    [
      [true, 'US', 'mobile'],
      [true, 'US', 'landline']
    ]
  )
})

test('a world without callbacks calls nobody, and all else goes on', async t => {
  const { mock, receiver, send, request } = await build(t, [
    { ...developmentAccountSeed(), callbacks: 'off' }
  ])
  for (const number of mock.world().numbers.values()) number.smsUrl = `${receiver.url}/inbound`
  const { body } = await send()
  mock.inbound.receive(mock.world(), {
    from: '+16015550123',
    to: developmentAccount.phoneNumbers[0],
    body: 'Hello',
    media: []
  })

  await mock.clock.advance('5 min')

  assert.deepEqual(receiver.received, [])
  const fetched = await request('GET', `${account}/Messages/${body.sid}.json`)
  assert.equal(fetched.body['status'], 'delivered')
})
