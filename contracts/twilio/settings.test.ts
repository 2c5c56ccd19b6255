import assert from 'node:assert/strict'
import { test } from 'node:test'

import { account, build, type Built, type FormValues } from './judged-mock.ts'

/** What a client sets, it finds again: at once, and when it asks later. */

const aNumber: FormValues = {
  FriendlyName: 'Bus office',
  SmsUrl: 'https://example.com/sms',
  SmsMethod: 'GET',
  SmsFallbackUrl: 'https://example.com/sms-fallback',
  SmsFallbackMethod: 'GET',
  VoiceUrl: 'https://example.com/voice',
  VoiceMethod: 'GET',
  VoiceFallbackUrl: 'https://example.com/voice-fallback',
  VoiceFallbackMethod: 'GET',
  StatusCallback: 'https://example.com/status',
  StatusCallbackMethod: 'GET'
}

const aService: FormValues = {
  FriendlyName: 'Bus office',
  InboundRequestUrl: 'https://example.com/inbound',
  InboundMethod: 'GET',
  FallbackUrl: 'https://example.com/fallback',
  FallbackMethod: 'GET',
  StatusCallback: 'https://example.com/status',
  StickySender: false,
  MmsConverter: false,
  SmartEncoding: false,
  ScanMessageContent: 'disable',
  FallbackToLongCode: false,
  AreaCodeGeomatch: false,
  ValidityPeriod: 3600,
  SynchronousValidation: true,
  Usecase: 'notifications',
  UseInboundWebhookOnNumber: true
}

test('a number keeps what it was bought with', async t => {
  const built = await build(t)

  const { body } = await built.request('POST', `${account}/IncomingPhoneNumbers.json`, {
    PhoneNumber: '+12125550147',
    ...aNumber
  })

  await keeps(built, `${account}/IncomingPhoneNumbers/${body.sid}.json`, aNumber)
})

test('a number keeps what it was given later', async t => {
  const built = await build(t)
  const [sid] = built.mock.world().numbers.keys()
  const path = `${account}/IncomingPhoneNumbers/${sid}.json`

  await built.request('POST', path, aNumber)

  await keeps(built, path, aNumber)
})

test('a messaging service keeps what it was made with', async t => {
  const built = await build(t)

  const { body } = await built.request('POST', '/messaging/v1/Services', aService)

  await keeps(built, `/messaging/v1/Services/${body.sid}`, aService)
})

test('a messaging service keeps what it was given later', async t => {
  const built = await build(t)
  const { body } = await built.request('POST', '/messaging/v1/Services', { FriendlyName: 'New' })

  await built.request('POST', `/messaging/v1/Services/${body.sid}`, aService)

  await keeps(built, `/messaging/v1/Services/${body.sid}`, aService)
})

async function keeps({ request }: Built, path: string, settings: FormValues): Promise<void> {
  const { body } = await request('GET', path)
  const kept = Object.keys(settings).map(name => [name, body[snakeCase(name)]])
  assert.deepEqual(Object.fromEntries(kept), settings)
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`).slice(1)
}

test('every list is paged with a size, a page and a token', async t => {
  const built = await build(t)
  const { request, send } = built
  const { body: message } = await send({
    MediaUrl: ['https://example.com/a.png', 'https://example.com/b.png']
  })
  await send()
  await request('POST', `${account}/Keys.json`, { FriendlyName: 'Second' })
  await request('POST', '/2010-04-01/Accounts.json', { FriendlyName: 'North' })
  const { body: service } = await request('POST', '/messaging/v1/Services', { FriendlyName: 'B' })
  const lists = [
    '/2010-04-01/Accounts.json',
    `${account}/Keys.json`,
    `${account}/Messages.json`,
    `${account}/Messages/${message.sid}/Media.json`,
    `${account}/IncomingPhoneNumbers.json`,
    '/messaging/v1/Services',
    `/messaging/v1/Services/${String(built.mock.world().services.keys().next().value)}/PhoneNumbers`
  ]
  assert.ok(service.sid)

  for (const list of lists) {
    const first = await request('GET', list, { PageSize: 1, Page: 0 })
    const meta = Object(first.body['meta'] ?? first.body)
    const next: unknown = meta.next_page_uri ?? meta.next_page_url
    assert.equal(typeof next, 'string', list)
    const query = Object.fromEntries(new URL(String(next), 'https://api.twilio.com').searchParams)
    assert.deepEqual([query['PageSize'], query['Page']], ['1', '1'], list)
    assert.ok(query['PageToken'], list)

    const second = await request('GET', list, query)

    assert.equal(second.status, 200, list)
    assert.notDeepEqual(itemsIn(second.body), itemsIn(first.body), list)
  }
})

function itemsIn(body: Readonly<Record<string, unknown>>): unknown {
  const lists = Object.values(body).filter(value => Array.isArray(value))
  assert.equal(lists.length, 1)
  return lists[0]
}

test('accounts are listed by their status', async t => {
  const { request } = await build(t)
  const { body } = await request('POST', '/2010-04-01/Accounts.json', { FriendlyName: 'North' })
  await request('POST', `/2010-04-01/Accounts/${body.sid}.json`, { Status: 'closed' })

  const closed = await request('GET', '/2010-04-01/Accounts.json', { Status: 'closed' })

  assert.deepEqual(
    Object(closed.body['accounts']).map((one: { sid: string }) => one.sid),
    [body.sid]
  )
})

test('the side parameters of a message are taken when their values are known', async t => {
  const { send } = await build(t)

  const { status, body } = await send({
    ContentRetention: 'discard',
    AddressRetention: 'obfuscate',
    TrafficType: 'free',
    RiskCheck: 'disable',
    SendAsMms: true
  })

  assert.equal(status, 201)
  assert.match(body.sid, /^MM/)
})
