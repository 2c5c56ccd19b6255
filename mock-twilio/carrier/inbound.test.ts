import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import {
  account,
  authorization,
  build,
  firstNumber,
  person,
  secondNumber
} from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../development-account.ts'
import { phone } from '../testing/phone.ts'

const service = developmentAccount.messagingServiceSid

test('a text is told to the application, signed, with all that Twilio tells', async t => {
  const { mock, receiver } = await build(t)

  const sid = await phone(mock, person).texts(firstNumber, 'Is school open? 😀')

  const [callback] = receiver.received
  assert.ok(callback !== undefined)
  assert.deepEqual(callback.form, {
    AccountSid: developmentAccount.accountSid,
    ApiVersion: '2010-04-01',
    Body: 'Is school open? 😀',
    From: person,
    FromCity: 'JACKSON',
    FromCountry: 'US',
    FromState: 'MS',
    FromZip: '39201',
    MessageSid: sid,
    MessagingServiceSid: service,
    NumMedia: '0',
    NumSegments: '1',
    SmsMessageSid: sid,
    SmsSid: sid,
    SmsStatus: 'received',
    To: firstNumber,
    ToCity: 'JACKSON',
    ToCountry: 'US',
    ToState: 'MS',
    ToZip: '39201'
  })
  const signature = String(callback.headers['x-twilio-signature'])
  const url = receiver.url + callback.url
  assert.ok(twilio.validateRequest(developmentAccount.authToken, signature, url, callback.form))
})

test('the application answers with TwiML, and the answer reaches the phone', async t => {
  const { mock, receiver } = await build(t)
  const person1 = phone(mock, person)
  receiver.answers(({ url }) =>
    url === '/inbound'
      ? {
          body: `<?xml version="1.0"?><Response><!-- two --><Message statusCallback="/status">Yes &amp; no</Message><Message><Body>From 8</Body><Media>https://example.com/a.png</Media></Message></Response>`
        }
      : { status: 204 }
  )

  await person1.texts(firstNumber, 'Is school open?')
  await mock.clock.advance('1 min')

  person1.expects('Yes & no')
  assert.deepEqual(person1.expects('From 8').media, ['image/jpeg'])
  const told = receiver.received.map(({ url, form }) => [url, form['MessageStatus']])
  assert.deepEqual(told.slice(1), [
    ['/status', 'sent'],
    ['/status', 'delivered']
  ])
  assert.deepEqual(
    mock
      .world()
      .messages.conversationOf(person)
      .map(({ direction }) => direction),
    ['inbound', 'outbound-reply', 'outbound-reply']
  )
})

test('plain text is an answer too', async t => {
  const { mock, receiver } = await build(t)
  receiver.answers(() => ({ contentType: 'text/plain; charset=utf-8', body: 'It is open' }))

  await phone(mock, person).texts(firstNumber, 'Is school open?')
  await mock.clock.advance('1 min')

  phone(mock, person).expects('It is open')
})

test('a redirect leads to another document, and ends this one', async t => {
  const { mock, receiver } = await build(t)
  receiver.answers(({ url }) => ({
    body:
      url === '/inbound'
        ? '<Response><Redirect method="GET">other?x=1</Redirect><Message>never</Message></Response>'
        : '<Response><Message>from the other</Message></Response>'
  }))

  await phone(mock, person).texts(firstNumber, 'Hello')
  await mock.clock.advance('1 min')

  const [, second] = receiver.received
  assert.equal(second?.method, 'GET')
  assert.match(second.url, /^\/other\?x=1&/)
  const bodies = phone(mock, person)
    .conversation()
    .map(({ body }) => body)
  assert.deepEqual(bodies, ['Hello', 'from the other'])
})

test('what is wrong with an answer shows up as an alert', async t => {
  const { mock, receiver } = await build(t)
  const answers: [body: string, contentType: string, code: number][] = [
    ['<Response><Message>', 'text/xml', 12100],
    ['<Reply/>', 'text/xml', 12100],
    ['<Response><Shout/></Response>', 'text/xml', 12200],
    ['<Response><Say>Hello</Say></Response>', 'text/xml', 14110],
    ['<Response><Message/></Response>', 'text/xml', 14103],
    ['<Response><Message method="PUT">x</Message></Response>', 'text/xml', 14104],
    ['<Response><Message to="you">x</Message></Response>', 'text/xml', 14101],
    ['<Response><Message from="+16015550999">x</Message></Response>', 'text/xml', 14108],
    ['{"text":"Hello"}', 'application/json', 12300],
    [`<Response>${'<Message>x</Message>'.repeat(11)}</Response>`, 'text/xml', 14109],
    ['<Response><Redirect/></Response>', 'text/xml', 14106],
    ['x'.repeat(70_000), 'text/xml', 11750]
  ]

  for (const [body, contentType, code] of answers) {
    receiver.answers(() => ({ body, contentType }))
    await phone(mock, person).texts(firstNumber, 'Hello')
    assert.equal(mock.world().alerts.at(-1)?.code, code, body.slice(0, 60))
  }
})

test('a number that fails to answer has a fallback', async t => {
  const { mock, receiver, request } = await build(t)
  const [number] = mock.world().numbers.values()
  await request('POST', `${account}/IncomingPhoneNumbers/${number?.sid}.json`, {
    SmsFallbackUrl: `${receiver.url}/fallback`
  })
  receiver.answers(({ url }) =>
    url === '/inbound' ? { status: 500 } : { body: '<Response><Message>Sorry</Message></Response>' }
  )

  await phone(mock, person).texts(firstNumber, 'Hello')
  await mock.clock.advance('1 min')

  phone(mock, person).expects('Sorry')
  assert.equal(receiver.received[1]?.form['ErrorCode'], '11200')
})

test('a service that minds its own inbound messages asks its own address, or nobody', async t => {
  const { mock, receiver, request } = await build(t)
  const path = `/messaging/v1/Services/${service}`

  await request('POST', path, { UseInboundWebhookOnNumber: false })
  await phone(mock, person).texts(firstNumber, 'Anybody there?')
  await request('POST', path, { InboundRequestUrl: `${receiver.url}/service` })
  await phone(mock, person).texts(firstNumber, 'And now?')

  assert.deepEqual(
    receiver.received.map(({ url, form }) => [url, form['Body']]),
    [['/service', 'And now?']]
  )
})

test('STOP blocks the whole service until START, and the person is told each time', async t => {
  const { mock, receiver, send } = await build(t)
  const person1 = phone(mock, person)

  await person1.texts(firstNumber, ' stop ')
  const fromSecond = await send({ From: secondNumber })
  const fromService = await send({ MessagingServiceSid: service })
  await person1.texts(firstNumber, 'Stop')
  await person1.texts(secondNumber, 'START')
  const afterwards = await send()

  assert.deepEqual([fromSecond.status, fromSecond.body['code']], [400, 21610])
  assert.equal(fromService.body['code'], 21610)
  assert.equal(afterwards.status, 201)
  person1.expects('unsubscribed')
  person1.expects('re-subscribed')
  assert.equal(receiver.received.length, 3, 'the application hears of keywords as well')
  const replies = person1.conversation().filter(({ sid }) => sid === null)
  assert.equal(replies.length, 2, 'a second STOP is not answered')
})

test('STOP to a number without a service blocks that number alone', async t => {
  const { mock, request, send } = await build(t)
  await request('DELETE', `/messaging/v1/Services/${service}`)

  await phone(mock, person).texts(firstNumber, 'UNSUBSCRIBE')

  assert.equal((await send()).body['code'], 21610)
  assert.equal((await send({ From: secondNumber })).status, 201)
})

test('words around a keyword make it none, and YES is only an answer', async t => {
  const { mock, send } = await build(t)
  const person1 = phone(mock, person)

  await person1.texts(firstNumber, 'Stop please')
  await person1.texts(firstNumber, 'Yes')

  assert.equal((await send()).status, 201)
  assert.ok(person1.conversation().every(({ sid }) => sid !== null))
})

test('HELP is answered by the provider', async t => {
  const { mock } = await build(t)

  await phone(mock, person).texts(firstNumber, 'Help')

  phone(mock, person).expects('Reply STOP to unsubscribe')
})

test('a picture can be fetched where the callback says it is', async t => {
  const { mock, receiver, control } = await build(t)
  await mock.app.listen({ port: 0 })
  const png = Buffer.from('89504e470d0a1a0a', 'hex')

  const sent = await control('POST', `/_mock/handsets/${person}/messages`, {
    to: firstNumber,
    media: [{ content_type: 'image/png', base64: png.toString('base64') }]
  })
  await mock.clock.advance(0)

  const form = receiver.received[0]?.form ?? {}
  assert.match(sent.body.sid, /^MM/)
  assert.deepEqual([form['NumMedia'], form['MediaContentType0']], ['1', 'image/png'])
  const file = await fetch(form['MediaUrl0'] ?? '', { headers: { authorization } })
  assert.equal(file.headers.get('content-type'), 'image/png')
  assert.deepEqual(Buffer.from(await file.arrayBuffer()), png)
})

test('a text to a number that nobody has is a mistake of the test', async t => {
  const { control } = await build(t)

  const { status, body } = await control('POST', `/_mock/handsets/${person}/messages`, {
    to: '+16015559999',
    body: 'Hello'
  })

  assert.equal(status, 404)
  assert.match(String(body['error']), /is no number of AC/)
})
