import assert from 'node:assert/strict'
import { test } from 'node:test'

import { account, build, person } from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount, developmentAccountSeed } from '../development-account.ts'
import { phone } from '../testing/phone.ts'

const service = `/messaging/v1/Services/${developmentAccount.messagingServiceSid}`

test('a short code sends and is written to like a number', async t => {
  const seed = developmentAccountSeed()
  const built = await build(t, [{ ...seed, short_codes: [{ short_code: '72724' }] }])
  const { mock, receiver, request, send } = built
  const [code] = mock.world().shortCodes.values()
  await request('POST', `${account}/SMS/ShortCodes/${code?.sid}.json`, {
    SmsUrl: `${receiver.url}/short`
  })

  const sent = await send({ From: '72724' })
  await phone(mock, person).texts('72724', 'Hello')
  const numbers = await request('GET', `${account}/IncomingPhoneNumbers.json`)

  assert.deepEqual([sent.status, sent.body['from']], [201, '72724'])
  assert.equal(receiver.received[0]?.form['To'], '72724')
  assert.equal(Object(numbers.body['incoming_phone_numbers']).length, 2)
})

test('a short code is in one service at most', async t => {
  const { mock, request } = await build(t)
  const code = mock.world().addShortCode({ short_code: '72724' })
  const { body: other } = await request('POST', '/messaging/v1/Services', { FriendlyName: 'Other' })
  const join = (path: string, sid: string) =>
    request('POST', `${path}/ShortCodes`, { ShortCodeSid: sid })

  const joined = await join(service, code.sid)
  const again = await join(service, code.sid)
  const elsewhere = await join(`/messaging/v1/Services/${other.sid}`, code.sid)
  const unknown = await join(service, `SC${'9'.repeat(32)}`)

  assert.equal(joined.status, 201)
  assert.deepEqual(
    [again, elsewhere, unknown].map(({ body }) => body['code']),
    [21710, 21712, 21421]
  )
})

test('an alpha sender writes to the world, but not to North America', async t => {
  const { request, send } = await build(t)
  await request('POST', `${service}/AlphaSenders`, { AlphaSender: 'BusOffice' })
  const from = {
    From: 'BusOffice',
    MessagingServiceSid: developmentAccount.messagingServiceSid
  }

  const abroad = await send({ ...from, To: '+447700900123' })
  const athome = await send(from)
  const unknown = await send({ ...from, From: 'Nobody' })

  assert.equal(abroad.status, 201)
  assert.equal(athome.body['code'], 21612)
  assert.equal(unknown.body['code'], 21606)
})

test('an application tells where the fate of a message is told, unless the message does', async t => {
  const { mock, receiver, request, send } = await build(t)
  const { body: application } = await request('POST', `${account}/Applications.json`, {
    MessageStatusCallback: `${receiver.url}/application`
  })
  const ApplicationSid = application.sid

  await send({ ApplicationSid, StatusCallback: '' })
  await send({ ApplicationSid })
  await mock.clock.advance('5 min')

  const paths = receiver.received.map(({ url }) => url)
  assert.deepEqual(new Set(paths), new Set(['/application', '/status']))
})

test('what is wrong with an application is refused', async t => {
  const { request } = await build(t)
  const path = `${account}/Applications.json`

  const codes = [
    await request('POST', path, { SmsUrl: 'nowhere' }),
    await request('POST', path, { SmsFallbackUrl: 'https://example.com' }),
    await request('POST', path, { VoiceFallbackUrl: 'https://example.com' }),
    await request('POST', path, { VoiceMethod: 'PUT' }),
    await request('POST', path, { FriendlyName: 'x'.repeat(65) })
  ].map(({ body }) => body['code'])

  assert.deepEqual(codes, [21402, 21405, 21406, 21403, 20002])
})
