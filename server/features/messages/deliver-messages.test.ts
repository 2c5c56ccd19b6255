import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phone } from '../../../mock-twilio/testing/phone.ts'
import { development } from '../../seed.ts'
import {
  build,
  firstNumber,
  onEachDatabase,
  parentNumber,
  secondNumber,
  startOfTest,
  type TestServer,
  until
} from '../../testing/build.ts'
import { read, reportStatus, statusesTold, textsAtProvider } from '../../testing/messages.ts'
import { createMessageDelivery } from './deliver-messages.ts'
import { normalLane } from './lanes.ts'
import { holdAnswers, whileWorking } from '../../testing/workers.ts'

const toProvider = { operation: 'create-message' }
const inAnHour = () => new Date(startOfTest + 3_600_000).toISOString()

/** The provider tells nothing more of its messages. */
const silence = (server: TestServer) =>
  server.mock.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })

/** A leap over what would have been tried on the way. */
async function skipTo(server: TestServer, time: number): Promise<void> {
  server.clock.set(time)
  await server.clock.advance(0)
  await server.advance('5 min')
}

onEachDatabase(dialect => {
  test('a text refused for too many requests is sent once, as soon as the provider takes it', async t => {
    const server = await build(t, dialect)
    server.mock
      .world()
      .faults.add({ match: toProvider, count: 3, effect: { type: 'http', status: 429 } })

    const { body: message } = await server.sendMessage()
    await server.advance('2 min')

    assert.equal((await read(server, message)).internal_status, 'delivered')
    assert.equal(textsAtProvider(server).length, 1)
    assert.deepEqual(statusesTold(server), ['sent', 'delivered'])
  })

  test('a text whose turn comes when its lease is over is left to whoever has it next', async t => {
    const server = await build(t, dialect, { workers: false })
    const deliver = createMessageDelivery(server.deps)
    const sentAfterEachTurn: number[] = []
    const consumer = server.deps.queue.consume(
      normalLane,
      { batchSize: 1, maxInFlight: 1 },
      async entries => {
        const isFirst = sentAfterEachTurn.length === 0
        const leaseEndsAt = server.clock.now()
        await deliver(isFirst ? entries.map(entry => ({ ...entry, leaseEndsAt })) : entries)
        sentAfterEachTurn.push(textsAtProvider(server).length)
      }
    )
    t.after(() => consumer.stop(0))

    await server.sendMessage()
    await until('two turns', async () => {
      await server.clock.advance(100)
      return sentAfterEachTurn.length === 2
    })

    assert.deepEqual(sentAfterEachTurn, [0, 1])
  })

  test('a text that met a server error is asked after and sent again', async t => {
    const server = await build(t, dialect)
    server.mock
      .world()
      .faults.add({ match: toProvider, count: 1, effect: { type: 'http', status: 503 } })

    const { body: message } = await server.sendMessage()
    await server.advance('5 s')
    const before = textsAtProvider(server).length
    await server.advance('1 min')

    assert.equal(before, 0)
    assert.equal((await read(server, message)).internal_status, 'delivered')
    assert.equal(textsAtProvider(server).length, 1)
  })

  test('a text whose answer was lost is known by its callbacks and not sent again', async t => {
    const server = await build(t, dialect)
    server.mock.world().faults.add({
      match: toProvider,
      count: 1,
      effect: { type: 'connection', fault: 'answer_lost' }
    })

    const { body: message } = await server.sendMessage()
    await server.advance('5 min')

    const [text] = textsAtProvider(server)
    const { internal_status: status, message_sid: sid } = await read(server, message)
    assert.deepEqual([status, sid], ['delivered', text?.sid])
    assert.equal(textsAtProvider(server).length, 1)
    assert.deepEqual(statusesTold(server), ['sent', 'delivered'])
  })

  test('a step that a callback told stands when the answer to the create request comes after it', async t => {
    const server = await build(t, dialect, { workers: false })
    silence(server)
    const answers = holdAnswers(server.deps.twilio)

    await whileWorking({ ...server.deps, twilio: answers.gateway }, async () => {
      const { body: message } = await server.sendMessage()
      const { message_uuid: uuid } = message
      await until('the provider to have the text', () => answers.held.has(uuid))
      const [text] = textsAtProvider(server)
      await reportStatus(server, uuid, 'sending', { sid: text?.sid ?? '' })
      await until(
        'the callback to be processed',
        async () => (await read(server, message)).provider_status === 'sending'
      )
      answers.held.get(uuid)?.()
      await server.idle()

      const { provider_status: status, message_sid: sid } = await read(server, message)
      assert.deepEqual([status, sid], ['sending', text?.sid])
    })
  })

  test('a text whose answer and callbacks were lost is found at the provider with what became of it', async t => {
    const server = await build(t, dialect)
    silence(server)
    server.mock.world().faults.add({
      match: toProvider,
      count: 1,
      effect: { type: 'connection', fault: 'answer_lost' }
    })

    const { body: message } = await server.sendMessage()
    await server.advance('5 min')

    const [text] = textsAtProvider(server)
    const { internal_status: status, message_sid: sid } = await read(server, message)
    assert.deepEqual([status, sid], ['delivered', text?.sid])
    assert.equal(textsAtProvider(server).length, 1)
    assert.deepEqual(statusesTold(server), ['delivered'])
  })

  test('a text that was lost on its way is sent again, once', async t => {
    const server = await build(t, dialect)
    server.mock
      .world()
      .faults.add({ match: toProvider, count: 1, effect: { type: 'connection', fault: 'reset' } })

    const { body: message } = await server.sendMessage()
    await server.advance('5 min')

    assert.equal((await read(server, message)).internal_status, 'delivered')
    assert.equal(textsAtProvider(server).length, 1)
  })

  for (const [first, second] of [
    ['answer_lost', 'answer_lost'],
    ['answer_lost', 'reset'],
    ['reset', 'answer_lost'],
    ['reset', 'reset'],
    ['reset', undefined],
    ['answer_lost', undefined]
  ] as const) {
    test(`two equal texts to one person stay two: ${first}, then ${second ?? 'no fault'}, and no callbacks`, async t => {
      const server = await build(t, dialect)
      const { faults } = server.mock.world()
      silence(server)
      const sendWith = async (fault: 'answer_lost' | 'reset' | undefined) => {
        const rule =
          fault &&
          faults.add({ match: toProvider, count: 1, effect: { type: 'connection', fault } })
        const { body } = await server.sendMessage({ message_body: 'Same words' })
        await server.idle()
        if (rule) faults.remove(rule.id)
        return body
      }

      const messages = [await sendWith(first), await sendWith(second)]
      await server.advance('30 min')

      const rows = await Promise.all(messages.map(message => read(server, message)))
      const sids = textsAtProvider(server).map(text => text.sid)
      assert.deepEqual(new Set(rows.map(row => row.message_sid)), new Set(sids))
      assert.equal(new Set(sids).size, 2)
      assert.deepEqual(
        rows.map(row => row.internal_status),
        ['delivered', 'delivered']
      )
    })
  }

  test("a callback that shows a SID to be another message's has the one that held it sent after all", async t => {
    const server = await build(t, dialect)
    const { faults } = server.mock.world()
    silence(server)
    const { body: holder } = await server.sendMessage({ message_body: 'Same words' })
    await server.idle()
    const lost = faults.add({ match: toProvider, effect: { type: 'connection', fault: 'reset' } })
    const { body: other } = await server.sendMessage({ message_body: 'Same words' })
    await server.idle()
    faults.remove(lost.id)
    const { message_sid: sid } = await read(server, holder)

    await reportStatus(server, other.message_uuid, 'sent', { sid })
    await server.advance('30 min')

    const rows = await Promise.all([holder, other].map(message => read(server, message)))
    assert.equal(rows[1]?.message_sid, sid)
    assert.deepEqual(
      new Set(rows.map(row => row.message_sid)),
      new Set(textsAtProvider(server).map(text => text.sid))
    )
    assert.equal(textsAtProvider(server).length, 2)
  })

  test('a provider that cannot be reached for an hour gets every text once when it is back', async t => {
    const server = await build(t, dialect)
    const provider = server.mock.app.server
    const address = provider.address()
    assert.ok(typeof address === 'object' && address)
    provider.close()
    provider.closeAllConnections()
    const messages = await Promise.all(
      [1, 2, 3].map(
        async place => (await server.sendMessage({ message_body: `Text ${place}` })).body
      )
    )

    await server.advance('1 h')
    const waiting = await Promise.all(messages.map(message => read(server, message)))
    await new Promise<void>(resolve => provider.listen(address.port, '127.0.0.1', resolve))
    await server.advance('5 min')

    assert.ok(waiting.every(({ internal_status: status }) => status === 'sending'))
    assert.deepEqual(
      textsAtProvider(server)
        .map(text => text.body)
        .toSorted(),
      ['Text 1', 'Text 2', 'Text 3']
    )
    const delivered = await Promise.all(messages.map(message => read(server, message)))
    assert.ok(delivered.every(({ internal_status: status }) => status === 'delivered'))
  })

  test('a text that the provider does not take for a day fails, and the client hears why', async t => {
    const server = await build(t, dialect)
    server.mock.world().faults.add({ match: toProvider, effect: { type: 'http', status: 429 } })

    const { body: message } = await server.sendMessage()
    await server.idle()
    await skipTo(server, startOfTest + 23 * 3_600_000)
    const before = await read(server, message)
    await skipTo(server, startOfTest + 24 * 3_600_000)

    const after = await read(server, message)
    assert.equal(before.internal_status, 'sending')
    assert.deepEqual([after.internal_status, after.error_code], ['failed', 'provider_unavailable'])
    assert.deepEqual(statusesTold(server), ['failed'])
  })

  test('a text that is given up leaves a dead letter, though a day went by in the midst of a call', async t => {
    const server = await build(t, dialect, { workers: false })
    server.mock.world().faults.add({ match: toProvider, effect: { type: 'http', status: 429 } })
    const { gateway, held } = holdAnswers(server.deps.twilio)
    const slowly = createMessageDelivery({ ...server.deps, twilio: gateway })
    const deliver = createMessageDelivery(server.deps)
    let first: Promise<void> | undefined
    let isTakenOver = false
    const consumer = server.deps.queue.consume(
      normalLane,
      { batchSize: 1, maxInFlight: 1 },
      async entries => {
        if (!first) {
          first = slowly(entries)
          return first
        }
        isTakenOver = true
        await first
        return deliver(entries)
      }
    )
    t.after(() => consumer.stop(0))

    const { body: message } = await server.sendMessage()
    await until('the first call', () => held.size === 1)
    server.clock.set(startOfTest + 25 * 3_600_000)
    // Which wakes the lane.
    await server.sendMessage()
    await until('the next lease', () => isTakenOver)
    for (const letGo of held.values()) letGo()
    await until('the end', async () => (await read(server, message)).internal_status === 'failed')

    const { body: letters } = await server.request('GET', '/admin/dead_letters')
    assert.equal(letters.length, 1)
    assert.deepEqual(statusesTold(server), [])
  })

  test('wrong credentials fail no text: it waits until they are right', async t => {
    const server = await build(t, dialect)
    server.mock
      .world()
      .faults.add({ match: toProvider, count: 4, effect: { type: 'http', status: 401 } })

    const { body: message } = await server.sendMessage()
    await server.advance('5 min')

    assert.equal((await read(server, message)).internal_status, 'delivered')
  })

  test('a text that the provider refuses fails with its code and a sentence, in the message and in the event', async t => {
    const server = await build(t, dialect)

    const { body: message } = await server.sendMessage({ receiver_number: '+15005550001' })
    await server.advance('1 min')

    const {
      internal_status: status,
      error_code: code,
      error_description: description
    } = await read(server, message)
    assert.deepEqual([status, code], ['failed', '21211'])
    assert.match(description, /\+15005550001/)
    const [event] = server.clientApp.events
    assert.deepEqual(
      [
        event?.payload['internal_status'],
        event?.payload['error_code'],
        event?.payload['error_description']
      ],
      ['failed', '21211', description]
    )
    assert.equal(server.clientApp.events.length, 1)
  })

  test('a text that the carrier cannot deliver is undelivered with a code and a sentence', async t => {
    const server = await build(t, dialect)
    server.mock
      .world()
      .faults.add({ effect: { type: 'outcome', status: 'undelivered', error_code: 30003 } })

    const { body: message } = await server.sendMessage()
    await server.advance('1 min')

    const {
      internal_status: status,
      error_code: code,
      error_description: description
    } = await read(server, message)
    assert.deepEqual([status, code], ['undelivered', '30003'])
    assert.ok(description.length > 10)
    assert.deepEqual(statusesTold(server), ['sent', 'undelivered'])
  })

  test('whom the provider blocks is blocked here too, for the whole messaging service', async t => {
    const server = await build(t, dialect)
    server.mock.world().optOuts.add({
      handset: parentNumber,
      sender: development.messagingServiceSid,
      at: startOfTest,
      keyword: 'STOP'
    })

    const { body: message } = await server.sendMessage()
    await server.advance('1 min')
    const again = await server.sendMessage({ sender_number: secondNumber })

    const { internal_status: status, error_code: code } = await read(server, message)
    assert.deepEqual([status, code], ['blocked', '21610'])
    assert.deepEqual(statusesTold(server), ['blocked'])
    assert.deepEqual([again.status, again.body.error.code], [422, 'receiver_opted_out'])
  })

  test('a scheduled text is sent at its time and not before', async t => {
    const server = await build(t, dialect)

    const { body: message } = await server.sendMessage({ send_at: inAnHour() })
    await server.advance('59 min')
    const before = [(await read(server, message)).internal_status, textsAtProvider(server).length]
    await server.advance('1 min')
    const [text] = textsAtProvider(server)

    assert.deepEqual(before, ['scheduled', 0])
    assert.equal(text?.dateCreated, startOfTest + 3_600_000)
  })

  test('a receiver who opted out between scheduling and sending is blocked, and the client hears of it', async t => {
    const server = await build(t, dialect)
    const { body: message } = await server.sendMessage({ send_at: inAnHour() })
    await phone(server.mock, parentNumber).texts(secondNumber, 'stop')
    await server.idle()

    await server.advance('2 h')

    assert.equal((await read(server, message)).internal_status, 'blocked')
    assert.deepEqual(statusesTold(server), ['blocked'])
    assert.equal(textsAtProvider(server).length, 0)
  })

  test('a canceled text is never sent', async t => {
    const server = await build(t, dialect)
    const { body: message } = await server.sendMessage({ send_at: inAnHour() })

    const canceled = await server.request('DELETE', `/messages/${message.message_uuid}`)
    await server.advance('2 h')

    assert.equal(canceled.status, 200)
    assert.equal((await read(server, message)).internal_status, 'canceled')
    assert.deepEqual(statusesTold(server), ['canceled'])
    assert.equal(textsAtProvider(server).length, 0)
  })

  test('a long text and an explicit MMS go out as MMS without media, a short one as SMS', async t => {
    const server = await build(t, dialect)

    for (const fields of [
      { message_body: 'a'.repeat(161) },
      { message_body: 'short', message_type: 'mms' },
      { message_body: 'short' }
    ]) {
      await server.sendMessage(fields)
      await server.idle()
    }

    const texts = textsAtProvider(server)
    assert.deepEqual(
      texts.map(({ sid, media, body }) => [sid.slice(0, 2), body.length, media.length]),
      [
        ['MM', 161, 0],
        ['MM', 5, 0],
        ['SM', 5, 0]
      ]
    )
  })

  test('media reach the provider in their order', async t => {
    const server = await build(t, dialect)
    const mediaUrls = ['https://example.com/menu.png', 'https://example.com/map.jpg']

    const { body: message } = await server.sendMessage({ media_urls: mediaUrls })
    await server.idle()

    const [text] = textsAtProvider(server)
    assert.deepEqual(
      text?.media.map(({ source }) => source),
      mediaUrls.map(url => ({ url }))
    )
    assert.equal(message.message_type, 'mms')
  })

  test('a text of a messaging service names it to the provider, with its sender', async t => {
    const server = await build(t, dialect)

    await server.sendMessage({ messaging_service_sid: development.messagingServiceSid })
    await server.advance('10 s')

    const [text] = textsAtProvider(server)
    assert.deepEqual(
      [text?.messagingServiceSid, text?.from],
      [development.messagingServiceSid, firstNumber]
    )
    assert.deepEqual(statusesTold(server), ['sent', 'delivered'])
  })

  test('a message of which the provider tells nothing more is asked after', async t => {
    const server = await build(t, dialect, { environment: { STATUS_CHECK_AFTER_MS: '600000' } })
    silence(server)

    const { body: message } = await server.sendMessage()
    await server.advance('9 min')
    const before = await read(server, message)
    await server.advance('3 min')

    assert.equal(before.internal_status, 'sending')
    assert.equal((await read(server, message)).internal_status, 'delivered')
    assert.deepEqual(statusesTold(server), ['delivered'])
  })

  test('a status goes to the callback URL of the conversation when the message has none', async t => {
    const server = await build(t, dialect)
    const callbackUrl = 'http://127.0.0.1:9/conversation'
    await server.sendMessage({ client_conversation_id: 'class 4b', callback_url: callbackUrl })

    await server.sendMessage({ client_conversation_id: 'class 4b' })
    await server.advance('10 s')

    const { body: webhooks } = await server.request('GET', '/admin/webhooks')
    assert.deepEqual(
      webhooks.map((webhook: { callback_url: string }) => webhook.callback_url),
      Array.from({ length: 4 }, () => callbackUrl)
    )
  })
})
