import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build, onEachDatabase } from '../../testing/build.ts'

const later = '2026-11-23T13:00:00Z'

onEachDatabase(dialect => {
  test('a scheduled message is called back: it is never sent, and the client is told once', async t => {
    const server = await build(t, dialect)
    const { body } = await server.sendMessage({ send_at: later })

    const { status, body: answer } = await server.request(
      'DELETE',
      `/messages/${body.message_uuid}`
    )
    await server.advance('2 h')

    assert.deepEqual([status, answer], [200, {}])
    const read = await server.request('GET', `/messages/${body.message_uuid}`)
    assert.equal(read.body.internal_status, 'canceled')
    assert.equal(read.body.message_sid, null)
    assert.deepEqual(
      server.clientApp.events.map(event => event.payload['internal_status']),
      ['canceled']
    )
  })

  test('a message that no longer waits cannot be called back', async t => {
    const server = await build(t, dialect)
    const { body: sent } = await server.sendMessage()
    const { body: due } = await server.sendMessage({ send_at: later })
    await server.advance('61 min')

    const answers = await Promise.all(
      [sent, due].map(({ message_uuid: uuid }) => server.request('DELETE', `/messages/${uuid}`))
    )

    assert.deepEqual(
      answers.map(answer => answer.status),
      [409, 409]
    )
    assert.equal(
      answers[0]?.body.error.message,
      'Only a scheduled message can be canceled; this one is delivered.'
    )
  })

  test('of two who call a message back at once one succeeds', async t => {
    const server = await build(t, dialect)
    const { body } = await server.sendMessage({ send_at: later })

    const answers = await Promise.all(
      [1, 2].map(() => server.request('DELETE', `/messages/${body.message_uuid}`))
    )

    assert.deepEqual(
      answers.map(answer => answer.status).toSorted((a, b) => a - b),
      [200, 409]
    )
  })

  test("an unknown message and another bearer's are 404 alike, and stay scheduled", async t => {
    const server = await build(t, dialect)
    const { token } = await server.createBearer()
    const { body } = await server.sendMessage({ send_at: later })

    const foreign = await server.request('DELETE', `/messages/${body.message_uuid}`, { token })
    const absent = await server.request(
      'DELETE',
      '/messages/0193585e-7c00-7000-8000-000000000000',
      { token }
    )
    const malformed = await server.request('DELETE', '/messages/unknown', { token })

    assert.deepEqual([foreign.status, absent.status, malformed.status], [404, 404, 404])
    assert.equal(foreign.body.error.message, absent.body.error.message)
    const read = await server.request('GET', `/messages/${body.message_uuid}`)
    assert.equal(read.body.internal_status, 'scheduled')
  })
})
