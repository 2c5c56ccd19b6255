import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phone } from '../../../mock-twilio/testing/phone.ts'
import {
  build,
  firstNumber,
  onEachDatabase,
  parentNumber,
  secondNumber,
  type TestServer
} from '../../testing/build.ts'
import { callback, inboundForm } from '../../testing/messages.ts'

const inboundPath = '/twilio_requests/inbound'

const refusals = [
  'STOP',
  'stop',
  ' Stop \n',
  'StopAll',
  'UNSUBSCRIBE',
  'cancel',
  'End',
  'QUIT',
  'revoke',
  'OPTOUT',
  'opt-out',
  'Opt Out'
]
const consents = ['START', ' yes ', 'UnStop']
const others = ['HELP', 'info', 'Stop!', 'STOP PLEASE', 'please stop']

/** A phone of its own for each word. */
const handsetsOf = (words: readonly string[]) =>
  words.map((word, place) => [`+160155501${50 + place}`, word] as const)

const textsFrom = async (server: TestServer, from: string, to: string, body: string) => {
  await phone(server.mock, from).texts(to, body)
  await server.idle()
}

const texts = (server: TestServer, to: string, body: string) =>
  textsFrom(server, parentNumber, to, body)

const arrivals = ({ clientApp }: TestServer) =>
  clientApp.events.filter(({ type }) => type.includes('inbound'))

onEachDatabase(dialect => {
  test('each word of refusal, in any case and with spaces, opts out of every number of the messaging service', async t => {
    const server = await build(t, dialect)

    for (const [handset, word] of handsetsOf(refusals))
      await textsFrom(server, handset, firstNumber, word)

    for (const [handset, word] of handsetsOf(refusals)) {
      for (const sender of [firstNumber, secondNumber]) {
        const answer = await server.sendMessage({ sender_number: sender, receiver_number: handset })
        assert.deepEqual(
          [answer.status, answer.body.error?.code],
          [422, 'receiver_opted_out'],
          word
        )
      }
    }
    const told = server.clientApp.events.map(({ type, payload }) => [type, payload['keyword']])
    assert.deepEqual(
      told.filter(([type]) => type === 'messages.message.opt_out').map(([, keyword]) => keyword),
      refusals.map(word => word.trim().toUpperCase())
    )
    assert.equal(arrivals(server).length, refusals.length)
  })

  test('each word of consent opts in again', async t => {
    const server = await build(t, dialect)
    for (const [handset] of handsetsOf(consents))
      await textsFrom(server, handset, firstNumber, 'STOP')
    await server.advance('1 min')

    for (const [handset, word] of handsetsOf(consents))
      await textsFrom(server, handset, secondNumber, word)

    for (const [handset, word] of handsetsOf(consents))
      assert.equal((await server.sendMessage({ receiver_number: handset })).status, 201, word)
  })

  test('words that are no refusal opt nobody out', async t => {
    const server = await build(t, dialect)

    for (const [handset, word] of handsetsOf(others))
      await textsFrom(server, handset, firstNumber, word)

    for (const [handset, word] of handsetsOf(others))
      assert.equal((await server.sendMessage({ receiver_number: handset })).status, 201, word)
    assert.ok(server.clientApp.events.every(({ type }) => type === 'messages.message.inbound_sms'))
  })

  test('of STOP and START at the same moment, the last one heard counts', async t => {
    const server = await build(t, dialect)

    for (const [place, word] of ['STOP', 'START', 'STOP', 'START'].entries())
      await callback(server, inboundPath, inboundForm({ MessageSid: `SM${place}`, Body: word }))
    await server.idle()

    assert.equal((await server.sendMessage()).status, 201)
  })

  test('somebody without a pairing is delivered, as an unknown participant, to the bearer of the number', async t => {
    const server = await build(t, dialect)

    server.mock.inbound.receive(server.mock.world(), {
      from: '+16015550177',
      to: firstNumber,
      body: 'Who is this?',
      media: []
    })
    await server.advance('1 s')

    const [event] = arrivals(server)
    assert.equal(event?.payload['message_body'], 'Who is this?')
    assert.deepEqual(
      ['client_conversation_id', 'global_id', 'internal_conversation_id'].map(
        field => event?.payload[field]
      ),
      [null, null, null]
    )
  })

  test('a deactivated pairing gets no replies in its conversation, and is active again when it is written to', async t => {
    const server = await build(t, dialect)
    await server.sendMessage({ client_conversation_id: 'class 4b' })
    await server.advance('10 s')
    const participant = { participant_number: parentNumber, provider_number: firstNumber }
    const deactivated = await server.request('PATCH', '/participants/deactivate_pairing', {
      body: { participant }
    })

    await texts(server, firstNumber, 'Am I still heard?')
    await server.sendMessage({ client_conversation_id: 'class 4b' })
    await texts(server, firstNumber, 'And now?')

    assert.equal(deactivated.status, 200)
    assert.deepEqual(
      arrivals(server).map(({ payload }) => [
        payload['message_body'],
        payload['client_conversation_id']
      ]),
      [
        ['Am I still heard?', null],
        ['And now?', 'class 4b']
      ]
    )
  })

  test('a reply goes to the conversation that was used last', async t => {
    const server = await build(t, dialect)
    await server.sendMessage({ client_conversation_id: 'first' })
    await server.advance('1 min')
    await server.sendMessage({ client_conversation_id: 'second' })
    await server.advance('1 min')

    await texts(server, firstNumber, 'Yes please')

    assert.equal(arrivals(server).at(-1)?.payload['client_conversation_id'], 'second')
  })

  test('pictures arrive with their addresses, in their order', async t => {
    const server = await build(t, dialect)

    await callback(
      server,
      inboundPath,
      inboundForm({
        Body: '',
        NumMedia: '2',
        MediaUrl0: 'https://example.com/1.jpg',
        MediaUrl1: 'https://example.com/2.jpg'
      })
    )
    await server.idle()

    const [event] = arrivals(server)
    assert.equal(event?.type, 'messages.message.inbound_mms')
    assert.deepEqual(event.payload['media_urls'], [
      'https://example.com/1.jpg',
      'https://example.com/2.jpg'
    ])
    assert.equal(event.payload['message_type'], 'mms')
  })

  test('a count of pictures that is no count is harmless', async t => {
    const server = await build(t, dialect)

    for (const [place, count] of ['-1', '1e9', 'many', '1.5', ''].entries())
      await callback(
        server,
        inboundPath,
        inboundForm({ MessageSid: `SM${place}`, NumMedia: count })
      )
    await server.idle()

    assert.equal(arrivals(server).length, 5)
  })

  test('whatever a phone sends arrives: emoji, null bytes, halves of characters, bytes that are no text', async t => {
    const server = await build(t, dialect)
    const bodies = [
      ['%F0%9F%91%8D%F0%9F%8F%BD', '👍🏽'],
      ['before%00after', 'before\u{fffd}after'],
      ['before%ED%A0%BDafter', 'before\u{fffd}\u{fffd}\u{fffd}after'],
      ['%FF%FE', '\u{fffd}\u{fffd}']
    ]

    const answers: number[] = []
    for (const [place, [raw]] of bodies.entries()) {
      const form = new URLSearchParams(
        inboundForm({ MessageSid: `SM${place}`, Body: '' })
      ).toString()
      answers.push(await callback(server, inboundPath, form.replace('Body=', `Body=${raw}`)))
      await server.idle()
    }

    assert.deepEqual(answers, [200, 200, 200, 200])
    assert.deepEqual(
      arrivals(server).map(({ payload }) => payload['message_body']),
      bodies.map(([, stored]) => stored)
    )
  })

  test('the same text told twice is one message and one event', async t => {
    const server = await build(t, dialect)

    await Promise.all([1, 2, 3].map(() => callback(server, inboundPath, inboundForm({}))))
    await server.idle()
    await callback(server, inboundPath, inboundForm({}))
    await server.advance('1 min')

    const { body: messages } = await server.request(
      'GET',
      `/messages?from=${encodeURIComponent(parentNumber)}&to=${encodeURIComponent(firstNumber)}`
    )
    assert.deepEqual([arrivals(server).length, messages.length], [1, 1])
  })

  test("a text to a number that is nobody's is kept and told to nobody", async t => {
    const server = await build(t, dialect)

    const status = await callback(server, inboundPath, inboundForm({ To: '+16015550999' }))
    await server.idle()

    assert.equal(status, 200)
    assert.equal(server.clientApp.events.length, 0)
  })
})
