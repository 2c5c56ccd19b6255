import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import twilio from 'twilio'

import {
  account,
  build,
  firstNumber,
  person,
  secondNumber
} from '../../contracts/twilio/judged-mock.ts'
import { freePort } from '../../simulator/free-port.ts'
import { developmentAccount, developmentAccountSeed } from '../development-account.ts'
import { phone } from '../testing/phone.ts'

async function aNumber(t: TestContext, settings: Record<string, string>) {
  const built = await build(t)
  const [number] = built.mock.world().numbers.values()
  const resolved = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      value.replace('RECEIVER', built.receiver.url)
    ])
  )
  await built.request('POST', `${account}/IncomingPhoneNumbers/${number?.sid}.json`, resolved)
  const alerts = () => built.mock.world().alerts.map(({ code }) => code)
  return { ...built, parent: phone(built.mock, person), alerts }
}

test('cookies are kept between the same two numbers, for four hours without a word', async t => {
  const { mock, receiver } = await build(t)
  receiver.answers(({ form }) => ({
    body: '<Response/>',
    headers: { 'set-cookie': [`last=${form['Body']}; Path=/`, 'seen=yes; Max-Age=60'] }
  }))
  const parent = phone(mock, person)

  await parent.texts(firstNumber, 'one')
  await parent.texts(firstNumber, 'two')
  await parent.texts(secondNumber, 'elsewhere')
  await phone(mock, '+16015550124').texts(firstNumber, 'another')
  await mock.clock.advance('2 min')
  await parent.texts(firstNumber, 'three')
  await mock.clock.advance('5 h')
  await parent.texts(firstNumber, 'four')

  assert.deepEqual(
    receiver.received.map(({ headers }) => headers['cookie']),
    [undefined, 'last=one; seen=yes', undefined, undefined, 'last=two', undefined]
  )
})

test('a cookie that one document sets is there for the one that it redirects to', async t => {
  const { mock, receiver } = await build(t)
  receiver.answers(({ url }) =>
    url === '/inbound'
      ? {
          body: '<Response><Redirect>next</Redirect></Response>',
          headers: { 'set-cookie': 'a=1' }
        }
      : { body: '<Response/>' }
  )

  await phone(mock, person).texts(firstNumber, 'Hello')

  assert.equal(receiver.received[1]?.headers['cookie'], 'a=1')
})

test('an address with GET is told everything in its query, signed', async t => {
  const { parent, receiver } = await aNumber(t, { SmsMethod: 'GET' })

  await parent.texts(firstNumber, 'A & B = 😀?')

  const [callback] = receiver.received
  assert.ok(callback !== undefined)
  assert.equal(callback.method, 'GET')
  assert.equal(callback.form['Body'], 'A & B = 😀?')
  assert.equal(callback.headers['content-type'], undefined)
  const signature = String(callback.headers['x-twilio-signature'])
  const url = receiver.url + callback.url
  assert.ok(twilio.validateRequest(developmentAccount.authToken, signature, url, {}))
})

test('whatever goes wrong with the first address, the fallback is told what and where', async t => {
  const nobody = `http://127.0.0.1:${await freePort()}/inbound`
  const troubles: [url: string, answer: object | 'cut', code: number][] = [
    ['RECEIVER/inbound', { status: 500 }, 11200],
    ['RECEIVER/inbound', { status: 404, body: '<Response/>' }, 11200],
    ['RECEIVER/inbound', { body: '<Response><Message>' }, 12100],
    ['RECEIVER/inbound', { body: '{}', contentType: 'application/json' }, 12300],
    ['RECEIVER/inbound', { body: 'x'.repeat(70_000) }, 11750],
    ['RECEIVER/inbound', 'cut', 11205],
    [nobody, {}, 11205]
  ]

  for (const [SmsUrl, answer, code] of troubles) {
    const { parent, receiver, mock } = await aNumber(t, {
      SmsUrl,
      SmsFallbackUrl: 'RECEIVER/fallback',
      SmsFallbackMethod: 'GET'
    })
    receiver.answers(({ url }) => {
      if (url.startsWith('/fallback'))
        return { body: '<Response><Message>Sorry</Message></Response>' }
      return answer === 'cut' ? 'cut' : answer
    })

    await parent.texts(firstNumber, 'Hello')
    await mock.clock.advance('1 min')

    parent.expects('Sorry')
    const told = receiver.received.find(({ url }) => url.startsWith('/fallback'))
    assert.equal(told?.method, 'GET')
    assert.deepEqual(
      [told?.form['ErrorCode'], told?.form['ErrorUrl'], told?.form['Body']],
      [String(code), SmsUrl.replace('RECEIVER', receiver.url), 'Hello']
    )
  }
})

test('an address that does not answer in time has a fallback too', async t => {
  const { parent, receiver, alerts } = await aNumber(t, {
    SmsUrl: 'RECEIVER/inbound#rt=100&rc=0',
    SmsFallbackUrl: 'RECEIVER/fallback'
  })
  receiver.answers(({ url }) => (url === '/inbound' ? 'silent' : { status: 204 }))

  await parent.texts(firstNumber, 'Hello')

  assert.equal(receiver.received.at(-1)?.url, '/fallback')
  assert.equal(receiver.received.at(-1)?.form['ErrorCode'], '11205')
  assert.deepEqual(alerts(), [11205])
})

test('the document that failed is named, not the one that led there', async t => {
  const { parent, receiver } = await aNumber(t, { SmsFallbackUrl: 'RECEIVER/fallback' })
  receiver.answers(({ url }) => {
    if (url === '/inbound') return { body: '<Response><Redirect>broken</Redirect></Response>' }
    return { status: url === '/broken' ? 503 : 204 }
  })

  await parent.texts(firstNumber, 'Hello')

  assert.equal(receiver.received.at(-1)?.form['ErrorUrl'], `${receiver.url}/broken`)
})

test('a fallback that fails is the end', async t => {
  const { parent, receiver, alerts } = await aNumber(t, { SmsFallbackUrl: 'RECEIVER/fallback' })
  receiver.answers(() => ({ status: 500 }))

  await parent.texts(firstNumber, 'Hello')

  assert.deepEqual(
    receiver.received.map(({ url }) => url),
    ['/inbound', '/fallback']
  )
  assert.deepEqual(alerts(), [11200, 11200])
})

test('documents that lead to each other end at the fiftieth, without a fallback', async t => {
  const { parent, receiver, alerts } = await aNumber(t, { SmsFallbackUrl: 'RECEIVER/fallback' })
  receiver.answers(({ url }) => ({
    body: `<Response><Redirect>${url === '/inbound' ? '/other' : '/inbound'}</Redirect></Response>`
  }))

  await parent.texts(firstNumber, 'Hello')

  assert.equal(receiver.received.length, 50)
  assert.deepEqual(alerts(), [14106])
})

test('an application that answers one peer fifteen times in half a minute is cut short', async t => {
  const { parent, receiver, mock, alerts } = await aNumber(t, {})
  receiver.answers(({ url }) =>
    url === '/inbound'
      ? { body: `<Response>${'<Message>Hi</Message>'.repeat(8)}</Response>` }
      : { status: 204 }
  )
  const replies = () =>
    mock
      .world()
      .messages.conversationOf(person)
      .filter(({ direction }) => direction !== 'inbound')

  await parent.texts(firstNumber, 'Hello')
  await phone(mock, '+16015550124').texts(firstNumber, 'Another person')
  await parent.texts(firstNumber, 'Hello')
  assert.deepEqual([replies().length, alerts()], [15, [14107]])

  await mock.clock.advance('31 s')
  await parent.texts(firstNumber, 'Hello')
  assert.deepEqual([replies().length, alerts()], [23, [14107]])
})

test('an answer that the API would refuse to send is not sent', async t => {
  const { parent, receiver, request, alerts } = await aNumber(t, {})
  await request('DELETE', `/messaging/v1/Services/${developmentAccount.messagingServiceSid}`)
  const flaws: [string, number][] = [
    [`<Message>${'x'.repeat(1601)}</Message>`, 21617],
    [`<Message to="${firstNumber}">to itself</Message>`, 21266],
    [`<Message>${'<Media>https://example.com/a.png</Media>'.repeat(11)}</Message>`, 21623],
    ['<Message><Media>ftp://example.com/a.png</Media></Message>', 21620]
  ]

  for (const [message, code] of flaws) {
    receiver.answers(() => ({ body: `<Response>${message}</Response>` }))
    await parent.texts(firstNumber, 'Hello')
    assert.equal(alerts().at(-1), code)
  }
  assert.equal(parent.conversation().length, flaws.length)
})

test('media of an answer may lie next to the document', async t => {
  const { parent, receiver, mock } = await aNumber(t, {})
  receiver.answers(() => ({
    body: '<Response><Message><Media>cat.jpg</Media></Message></Response>'
  }))

  await parent.texts(firstNumber, 'Hello')

  const reply = mock.world().messages.conversationOf(person).at(-1)
  assert.deepEqual(reply?.media[0]?.source, { url: `${receiver.url}/cat.jpg` })
})

test('a status callback that is no address is told of, and the answer goes out without', async t => {
  const { parent, receiver, mock, alerts } = await aNumber(t, {})
  receiver.answers(() => ({
    body: '<Response><Message statusCallback="mailto:ann@example.com">Hi</Message></Response>'
  }))

  await parent.texts(firstNumber, 'Hello')
  await mock.clock.advance('1 min')

  parent.expects('Hi')
  assert.deepEqual([alerts(), receiver.received.length], [[14105], 1])
})

test('an address that is none is told of, and leads to the fallback', async t => {
  const { parent, receiver, mock, alerts } = await aNumber(t, {
    SmsFallbackUrl: 'RECEIVER/fallback'
  })
  for (const number of mock.world().numbers.values()) number.smsUrl = 'ann@example.com'

  await parent.texts(firstNumber, 'Hello')

  assert.deepEqual([alerts(), receiver.received[0]?.form['ErrorCode']], [[11100], '11100'])
})

test('where a person and a number are from is told, as far as it is known', async t => {
  const { mock, receiver } = await build(t)
  const people: [string, Record<string, string>][] = [
    ['+13605550123', { City: 'SILVERDALE', State: 'WA', Zip: '98315', Country: 'US' }],
    ['+14165550123', { City: '', State: '', Zip: '', Country: 'CA' }],
    ['+447400123456', { City: '', State: '', Zip: '', Country: 'GB' }],
    ['+18005550123', { City: '', State: '', Zip: '', Country: 'US' }],
    ['+9990001234567', { City: '', State: '', Zip: '', Country: '' }]
  ]

  for (const [number, place] of people) {
    await phone(mock, number).texts(firstNumber, 'Hello')
    const form = receiver.received.at(-1)?.form ?? {}
    for (const [part, value] of Object.entries(place)) assert.equal(form[`From${part}`], value)
    assert.deepEqual([form['ToCity'], form['ToState']], ['JACKSON', 'MS'])
  }
})

test('add-ons are told where the world has them, and never else', async t => {
  const seed = developmentAccountSeed()
  const add_ons = { status: 'successful', results: {} }

  for (const origin of [seed, { ...seed, add_ons }]) {
    const { mock, receiver } = await build(t, [origin])
    for (const number of mock.world().numbers.values()) number.smsUrl = receiver.url
    await phone(mock, person).texts(firstNumber, 'Hello')
    const told = receiver.received[0]?.form['AddOns']
    assert.deepEqual(told === undefined ? undefined : JSON.parse(told), origin.add_ons)
  }
})

test('a text of many segments, an emoji and a null byte arrives as it was sent', async t => {
  const { parent, receiver } = await aNumber(t, {})
  const long = 'Ünïcödé 😀\0'.repeat(100)

  await parent.texts(firstNumber, long)
  await parent.texts(firstNumber, '')

  const [first, second] = receiver.received.map(({ form }) => form)
  assert.deepEqual([first?.['Body'], first?.['NumSegments']], [long, '17'])
  assert.deepEqual([second?.['Body'], second?.['NumSegments']], ['', '1'])
})

test('a text above 1600 characters arrives in several messages, in which no character is cut', async t => {
  const { parent, receiver } = await aNumber(t, {})
  const long = 'a' + '😀'.repeat(1000)

  await parent.texts(firstNumber, long)

  const bodies = receiver.received.map(({ form }) => form['Body'] ?? '')
  assert.deepEqual(
    bodies.map(({ length }) => length),
    [1599, 402]
  )
  assert.equal(bodies.join(''), long)
})

test('an account that is suspended keeps what comes in, and nobody is told', async t => {
  const { parent, receiver, mock } = await aNumber(t, {})
  mock.world().status = 'suspended'

  await parent.texts(firstNumber, 'Hello')

  assert.equal(parent.conversation().length, 1)
  assert.equal(receiver.received.length, 0)
})
