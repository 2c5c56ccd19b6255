import assert from 'node:assert/strict'
import { test } from 'node:test'

import { account, build, firstNumber } from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../development-account.ts'

const numbers = `${account}/IncomingPhoneNumbers`
const services = '/messaging/v1/Services'

test('accounts are fetched, renamed, and listed with their subaccounts', async t => {
  const { request } = await build(t)
  await request('POST', '/2010-04-01/Accounts.json', { FriendlyName: 'North' })

  const renamed = await request('POST', `${account}.json`, { FriendlyName: 'District' })
  const list = await request('GET', '/2010-04-01/Accounts.json')
  const north = await request('GET', '/2010-04-01/Accounts.json', { FriendlyName: 'North' })

  assert.equal(renamed.body['friendly_name'], 'District')
  assert.equal(count(list.body['accounts']), 2)
  assert.equal(count(north.body['accounts']), 1)
})

test("a key's secret is shown once", async t => {
  const { request } = await build(t)

  const { body: created } = await request('POST', `${account}/Keys.json`, { FriendlyName: 'CI' })
  const path = `${account}/Keys/${created['sid']}.json`
  const renamed = await request('POST', path, { FriendlyName: 'CD' })
  const fetched = await request('GET', path)
  const list = await request('GET', `${account}/Keys.json`)
  const deleted = await request('DELETE', path)

  assert.match(String(created['secret']), /^[0-9a-f]{32}$/)
  assert.ok(!('secret' in fetched.body))
  assert.equal(renamed.body['friendly_name'], 'CD')
  assert.equal(count(list.body['keys']), 2)
  assert.equal(deleted.status, 204)
  assert.equal((await request('GET', path)).body['code'], 20404)
})

test('a number is bought, set up, found and given back', async t => {
  const { request } = await build(t)

  const { status, body } = await request('POST', `${numbers}.json`, {
    PhoneNumber: '+12125550147',
    SmsUrl: 'https://example.com/sms'
  })
  const path = `${numbers}/${body['sid']}.json`
  const updated = await request('POST', path, { FriendlyName: 'Office', SmsMethod: 'get' })
  const found = await request('GET', `${numbers}.json`, { PhoneNumber: '212***0147' })
  const byName = await request('GET', `${numbers}.json`, { FriendlyName: 'Nobody' })

  assert.deepEqual([status, body['friendly_name']], [201, '(212) 555-0147'])
  assert.deepEqual([updated.body['friendly_name'], updated.body['sms_method']], ['Office', 'GET'])
  assert.equal(count(found.body['incoming_phone_numbers']), 1)
  assert.equal(count(byName.body['incoming_phone_numbers']), 0)
  assert.equal((await request('GET', path)).body['sms_url'], 'https://example.com/sms')
  assert.equal((await request('DELETE', path)).status, 204)
  assert.equal((await request('GET', path)).status, 404)
})

test('a number of an area code is bought where there is one', async t => {
  const { request } = await build(t)

  const { body } = await request('POST', `${numbers}.json`, { AreaCode: '500' })

  assert.match(String(body['phone_number']), /^\+1500555\d{4}$/)
})

test('a number that cannot be bought or set up so is refused', async t => {
  const { request } = await build(t)
  const mistakes: [form: Record<string, string>, code: number][] = [
    [{}, 21421],
    [{ PhoneNumber: '+15005550000' }, 21422],
    [{ PhoneNumber: '+15005550001' }, 21421],
    [{ PhoneNumber: '5551' }, 21421],
    [{ PhoneNumber: firstNumber }, 21422],
    [{ AreaCode: '533' }, 21452],
    [{ AreaCode: '1' }, 21451],
    [{ PhoneNumber: '+12125550148', SmsUrl: 'nowhere' }, 21402],
    [{ PhoneNumber: '+12125550148', SmsMethod: 'PUT' }, 21403],
    [{ PhoneNumber: '+12125550148', SmsFallbackUrl: 'https://example.com' }, 21405],
    [{ PhoneNumber: '+12125550148', VoiceFallbackUrl: 'https://example.com' }, 21406],
    [{ PhoneNumber: '+12125550148', FriendlyName: 'x'.repeat(65) }, 20002]
  ]

  for (const [form, code] of mistakes) {
    const { body } = await request('POST', `${numbers}.json`, form)
    assert.equal(body['code'], code, JSON.stringify(form))
  }
  const { body } = await request('GET', `${numbers}.json`)
  assert.equal(count(body['incoming_phone_numbers']), 2)
})

test('a messaging service is created, changed, listed and deleted', async t => {
  const { request } = await build(t)

  const { status, body } = await request('POST', services, {
    FriendlyName: 'Bus office',
    StickySender: false,
    InboundRequestUrl: 'https://example.com/in'
  })
  const path = `${services}/${body['sid']}`
  const updated = await request('POST', path, { InboundRequestUrl: '', ValidityPeriod: 600 })
  const first = await request('GET', services, { PageSize: 1 })

  assert.deepEqual([status, body['sticky_sender']], [201, false])
  assert.deepEqual(
    [updated.body['inbound_request_url'], updated.body['validity_period']],
    [null, 600]
  )
  const next = String(metaOf(first.body)['next_page_url'])
  assert.match(
    next,
    /^https:\/\/messaging\.twilio\.com\/v1\/Services\?PageSize=1&Page=1&PageToken=/
  )
  const second = await request('GET', next.replace('https:/', ''))
  assert.equal(metaOf(second.body)['next_page_url'], null)
  assert.equal((await request('DELETE', path)).status, 204)
  assert.equal((await request('GET', path)).status, 404)
})

test('a messaging service that is set up wrongly is refused', async t => {
  const { request } = await build(t)
  const mistakes: [form: Record<string, string>, code: number][] = [
    [{}, 20001],
    [{ FriendlyName: 'x'.repeat(65) }, 20002],
    [{ FriendlyName: 'A', StatusCallback: 'nowhere' }, 21402],
    [{ FriendlyName: 'A', StickySender: 'perhaps' }, 20001],
    [{ FriendlyName: 'A', ScanMessageContent: 'perhaps' }, 20001],
    [{ FriendlyName: 'A', ValidityPeriod: '0' }, 21624]
  ]

  for (const [form, code] of mistakes) {
    assert.equal((await request('POST', services, form)).body['code'], code, JSON.stringify(form))
  }
  assert.equal(count((await request('GET', services)).body['services']), 1)
})

test('numbers join one service and leave it', async t => {
  const { request } = await build(t)
  const { body: other } = await request('POST', services, { FriendlyName: 'Other' })
  const { body: bought } = await request('POST', `${numbers}.json`, { AreaCode: '212' })
  const pool = `${services}/${developmentAccount.messagingServiceSid}/PhoneNumbers`
  const PhoneNumberSid = bought.sid

  const joined = await request('POST', pool, { PhoneNumberSid })
  const again = await request('POST', pool, { PhoneNumberSid })
  const elsewhere = await request('POST', `${services}/${other['sid']}/PhoneNumbers`, {
    PhoneNumberSid
  })
  const unknown = await request('POST', pool, { PhoneNumberSid: `PN${'7'.repeat(32)}` })
  const list = await request('GET', pool)
  const left = await request('DELETE', `${pool}/${PhoneNumberSid}`)
  const leftAgain = await request('DELETE', `${pool}/${PhoneNumberSid}`)

  assert.deepEqual([joined.status, joined.body['sid']], [201, PhoneNumberSid])
  assert.deepEqual([again.status, again.body['code']], [409, 21710])
  assert.deepEqual([elsewhere.status, elsewhere.body['code']], [409, 21712])
  assert.equal(unknown.body['code'], 21421)
  assert.equal(count(list.body['phone_numbers']), 3)
  assert.deepEqual([left.status, leftAgain.body['code']], [204, 20404])
  assert.equal((await request('GET', `${numbers}/${PhoneNumberSid}.json`)).status, 200)
})

test('the media of a message are listed, fetched, followed and deleted', async t => {
  const { request, send, mock } = await build(t)
  const { body } = await send({ MediaUrl: 'https://example.com/menu.pdf' })
  const path = `${account}/Messages/${body['sid']}/Media`

  const list = await request('GET', `${path}.json`)
  const [media] = mock.world().messages.find(body.sid)?.media ?? []
  const fetched = await request('GET', `${path}/${media?.sid}.json`)
  const file = await request('GET', `${path}/${media?.sid}`)
  const deleted = await request('DELETE', `${path}/${media?.sid}.json`)

  assert.equal(count(list.body['media_list']), 1)
  assert.equal(fetched.body['content_type'], 'application/pdf')
  assert.deepEqual([file.status, file.headers['location']], [307, 'https://example.com/menu.pdf'])
  assert.equal(deleted.status, 204)
  assert.equal((await request('GET', `${path}/${media?.sid}.json`)).status, 404)
})

function count(list: unknown): number {
  assert.ok(Array.isArray(list))
  return list.length
}

function metaOf(body: Record<string, unknown>): Record<string, unknown> {
  return Object(body['meta'])
}
