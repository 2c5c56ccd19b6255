import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  account,
  basic,
  build,
  firstNumber,
  person,
  type Built,
  type FormValues
} from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../development-account.ts'
import { phone } from '../testing/phone.ts'

const numbers = `${account}/IncomingPhoneNumbers`
const pool = `/messaging/v1/Services/${developmentAccount.messagingServiceSid}/PhoneNumbers`

/** A number of an exchange that only calls, found in the shop. */
async function aVoiceOnlyNumber({ request }: Built): Promise<string> {
  const path = `${account}/AvailablePhoneNumbers/US/Local.json`
  const { body } = await request('GET', path, { SmsEnabled: false, PageSize: 1 })
  const offers = body['available_phone_numbers']
  assert.ok(Array.isArray(offers))
  return String(offers[0].phone_number)
}

async function anAddress({ request }: Built, isoCountry: string): Promise<string> {
  const { body } = await request('POST', `${account}/Addresses.json`, {
    CustomerName: 'School',
    Street: '1 Main Street',
    City: 'Anywhere',
    Region: 'MS',
    PostalCode: '38666',
    IsoCountry: isoCountry
  })
  return body.sid
}

test('a number that cannot text neither sends nor joins a service', async t => {
  const built = await build(t)
  const { request, send } = built
  const phoneNumber = await aVoiceOnlyNumber(built)

  const { body: number } = await request('POST', `${numbers}.json`, { PhoneNumber: phoneNumber })
  const sent = await send({ From: phoneNumber })
  const joined = await request('POST', pool, { PhoneNumberSid: number.sid })

  assert.deepEqual(Object(number['capabilities']).sms, false)
  assert.equal(sent.body['code'], 21606)
  assert.equal(joined.body['code'], 21715)
})

test('a number of an area code does all that a number can, and lies in that area', async t => {
  const { request } = await build(t)

  for (const AreaCode of ['601', '416', '833']) {
    const { body } = await request('POST', `${numbers}.json`, { AreaCode })
    assert.ok(String(body['phone_number']).startsWith(`+1${AreaCode}`))
    const { sms, mms, voice } = Object(body['capabilities'])
    assert.deepEqual([sms, mms, voice], [true, true, true])
  }
  const nowhere = await request('POST', `${numbers}.json`, { AreaCode: '999' })
  assert.equal(nowhere.body['code'], 21452)
})

test('a number belongs to one account, whichever bought it first', async t => {
  const { request, mock, control } = await build(t)
  const other = 'AC55555555555555555555555555555555'
  await control('POST', '/_mock/reset')
  mock.store.replace({ account_sid: other, auth_token: 'other' })
  const buy = (sid: string, token: string) =>
    mock.app.inject({
      method: 'POST',
      url: `/2010-04-01/Accounts/${sid}/IncomingPhoneNumbers.json`,
      headers: { authorization: basic(sid, token) },
      payload: { PhoneNumber: '+12125550147' }
    })

  const first = await buy(other, 'other')
  const second = await request('POST', `${numbers}.json`, { PhoneNumber: '+12125550147' })

  assert.equal(first.statusCode, 201)
  assert.equal(second.body['code'], 21422)
})

test('what a country demands is demanded of the buyer', async t => {
  const built = await build(t)
  const { request } = built
  const american = await anAddress(built, 'US')
  const german = await anAddress(built, 'DE')
  const brazilian = await anAddress(built, 'BR')
  const bundle = `BU${'1'.repeat(32)}`
  const attempts: [form: FormValues, code: number | undefined][] = [
    [{ PhoneNumber: '+61281234567' }, 21631],
    [{ PhoneNumber: '+61281234567', AddressSid: american }, undefined],
    [{ PhoneNumber: '+493051234567' }, 21615],
    [{ PhoneNumber: '+493051234567', AddressSid: american }, 21615],
    [{ PhoneNumber: '+493051234567', AddressSid: german }, 21649],
    [{ PhoneNumber: '+493051234567', AddressSid: german, BundleSid: bundle }, undefined],
    [{ PhoneNumber: '+5511912345678', AddressSid: brazilian }, 21650],
    [{ PhoneNumber: '+12125550148', AddressSid: `AD${'9'.repeat(32)}` }, 21651],
    [{ PhoneNumber: '+12125550148', EmergencyAddressSid: `AD${'9'.repeat(32)}` }, 21651],
    [{ PhoneNumber: '+12125550148', BundleSid: 'BU1' }, 20001]
  ]

  for (const [form, code] of attempts) {
    const { body } = await request('POST', `${numbers}.json`, form)
    assert.equal(body['code'], code, JSON.stringify({ form, body }))
  }
})

test('a seeded number keeps working without papers, and is not moved without them', async t => {
  const { request, mock } = await build(t)
  const number = mock.world().addNumber({ phone_number: '+493051234567' })
  const { body: child } = await request('POST', '/2010-04-01/Accounts.json')
  const set = (form: FormValues) => request('POST', `${numbers}/${number.sid}.json`, form)

  assert.equal((await set({ SmsUrl: 'https://example.com' })).status, 200)
  assert.equal((await set({ AccountSid: child.sid })).body['code'], 21615)
  assert.equal(mock.world().numbers.get(number.sid), number)
})

test('an application must be one of the account', async t => {
  const { request, mock } = await build(t)
  const [{ sid = '' } = {}] = mock.world().numbers.values()
  const set = (form: FormValues) => request('POST', `${numbers}/${sid}.json`, form)

  const unknown = await set({ SmsApplicationSid: `AP${'9'.repeat(32)}` })
  const malformed = await set({ VoiceApplicationSid: 'app' })

  assert.deepEqual([unknown.body['code'], malformed.body['code']], [21420, 21218])
})

test('a trunk takes the place of a voice application, and the other way round', async t => {
  const { request, mock } = await build(t)
  const [{ sid = '' } = {}] = mock.world().numbers.values()
  const set = (form: FormValues) => request('POST', `${numbers}/${sid}.json`, form)
  const { body: application } = await request('POST', `${account}/Applications.json`)

  const first = await set({ VoiceApplicationSid: application.sid })
  const second = await set({ TrunkSid: `TK${'1'.repeat(32)}` })
  const third = await set({ VoiceApplicationSid: application.sid })

  const voice = ({ body }: typeof first) => [body['trunk_sid'], body['voice_application_sid']]
  assert.deepEqual(voice(first), [null, application.sid])
  assert.deepEqual(voice(second), [`TK${'1'.repeat(32)}`, null])
  assert.deepEqual(voice(third), [null, application.sid])
})

test("a number's application hears of texts in place of the number's own address", async t => {
  const { request, mock, receiver } = await build(t)
  const [{ sid = '' } = {}] = mock.world().numbers.values()
  const { body: application } = await request('POST', `${account}/Applications.json`, {
    SmsUrl: `${receiver.url}/application`,
    SmsMethod: 'GET'
  })
  const path = `${numbers}/${sid}.json`

  await request('POST', path, { SmsApplicationSid: application.sid })
  await phone(mock, person).texts(firstNumber, 'One')
  await request('DELETE', `${account}/Applications/${application.sid}.json`)
  await phone(mock, person).texts(firstNumber, 'Two')

  assert.deepEqual(
    receiver.received.map(({ method, url }) => [method, url.split('?')[0]]),
    [
      ['GET', '/application'],
      ['POST', '/inbound']
    ]
  )
  assert.equal((await request('GET', path)).body['sms_application_sid'], null)
})

test('a number moves to a subaccount with all that hangs on it', async t => {
  const { request, mock, receiver, send } = await build(t)
  const [number] = mock.world().numbers.values()
  assert.ok(number !== undefined)
  const { body: child } = await request('POST', '/2010-04-01/Accounts.json')
  const world = mock.world(child.sid)

  const moved = await request('POST', `${numbers}/${number.sid}.json`, { AccountSid: child.sid })
  await phone(mock, person, child.sid).texts(firstNumber, 'Hello')

  assert.equal(moved.body['account_sid'], child.sid)
  assert.match(String(moved.body['uri']), new RegExp(`/Accounts/${child.sid}/`))
  assert.equal((await request('GET', `${numbers}/${number.sid}.json`)).status, 404)
  assert.equal((await request('GET', `${pool}/${number.sid}`)).status, 404)
  assert.equal((await send()).body['code'], 21606)
  assert.deepEqual([world.numbers.size, number.serviceSid], [1, undefined])
  assert.equal(receiver.received[0]?.form['AccountSid'], child.sid)

  const path = `/2010-04-01/Accounts/${child.sid}/IncomingPhoneNumbers/${number.sid}.json`
  const back = await request('POST', path, { AccountSid: developmentAccount.accountSid })
  assert.equal(back.body['account_sid'], developmentAccount.accountSid)
  assert.equal((await send()).status, 201)
})

test('a number moves within the family alone, and by the hand of the parent', async t => {
  const { request, mock } = await build(t)
  const [number] = mock.world().numbers.values()
  const { body: child } = await request('POST', '/2010-04-01/Accounts.json')
  const { body: closed } = await request('POST', '/2010-04-01/Accounts.json')
  await request('POST', `/2010-04-01/Accounts/${closed.sid}.json`, { Status: 'closed' })
  const stranger = `AC${'5'.repeat(32)}`
  mock.store.replace({ account_sid: stranger })
  const move = async (to: string) =>
    (await request('POST', `${numbers}/${number?.sid}.json`, { AccountSid: to })).body['code']

  assert.equal(await move('AC1'), 21470)
  assert.equal(await move(`AC${'9'.repeat(32)}`), 21471)
  assert.equal(await move(closed.sid), 21472)
  assert.equal(await move(stranger), 21473)

  const { body: childs } = await request(
    'POST',
    `/2010-04-01/Accounts/${child.sid}/IncomingPhoneNumbers.json`,
    { AreaCode: '601' }
  )
  const bySon = await mock.app.inject({
    method: 'POST',
    url: `/2010-04-01/Accounts/${child.sid}/IncomingPhoneNumbers/${childs.sid}.json`,
    headers: { authorization: basic(child.sid, String(child['auth_token'])) },
    payload: { AccountSid: developmentAccount.accountSid }
  })
  assert.equal(bySon.json().code, 21474)
})

test('numbers that are new to Twilio, or come from elsewhere, are left out on demand', async t => {
  const { request, mock } = await build(t)
  const [first] = mock.world().numbers.values()
  if (first !== undefined) first.beta = true
  const count = async (filters: FormValues) => {
    const { body } = await request('GET', `${numbers}.json`, filters)
    const list = body['incoming_phone_numbers']
    return Array.isArray(list) ? list.length : undefined
  }

  assert.equal(await count({}), 2)
  assert.equal(await count({ Beta: false }), 1)
  assert.equal(await count({ Origin: 'twilio' }), 2)
  assert.equal(await count({ Origin: 'hosted' }), 0)
})
