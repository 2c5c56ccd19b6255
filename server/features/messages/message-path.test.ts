import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build, firstNumber, onEachDatabase, parentNumber } from '../../testing/build.ts'

onEachDatabase(dialect => {
  test('a text is sent, delivered, and each step is told to the client once', async t => {
    const server = await build(t, dialect)

    const { status, body: message } = await server.sendMessage()
    await server.advance('10 s')

    assert.equal(status, 201)
    assert.equal(message.internal_status, 'queued')
    const read = await server.request('GET', `/messages/${message.message_uuid}`)
    assert.equal(read.body.internal_status, 'delivered')
    assert.match(read.body.message_sid, /^SM[0-9a-f]{32}$/)
    assert.deepEqual(
      server.clientApp.events.map(event => [
        event.type,
        event.payload['internal_status'],
        event.authentic
      ]),
      [
        ['messages.message.status_update', 'sent', true],
        ['messages.message.status_update', 'delivered', true]
      ]
    )
  })

  test("a parent's reply reaches the client in the conversation of the pairing", async t => {
    const server = await build(t, dialect)
    await server.sendMessage({ client_conversation_id: 'class 4b' })
    await server.advance('10 s')

    server.mock.inbound.receive(server.mock.world(), {
      from: parentNumber,
      to: firstNumber,
      body: 'Thank you! 👍',
      media: []
    })
    await server.advance('10 s')

    const reply = server.clientApp.events.at(-1)
    assert.equal(reply?.type, 'messages.message.inbound_sms')
    assert.equal(reply?.payload['client_conversation_id'], 'class 4b')
    assert.equal(reply?.payload['message_body'], 'Thank you! 👍')
    assert.equal(reply?.payload['encoding'], 'UCS-2')
  })
})
