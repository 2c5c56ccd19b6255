import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { inboundForm, callback } from '../../testing/messages.ts'

const environment = { CLIENT_EVENT_RETRY_SCHEDULE: '1ms' }

/** Somebody writes, and nobody listens until the event is dead. */
async function deadEvents(server: TestServer, count: number): Promise<void> {
  server.clientApp.answerWith(500)
  for (let place = 0; place < count; place++)
    await callback(
      server,
      '/twilio_requests/inbound',
      inboundForm({ MessageSid: `SM${String(server.clock.now() + place).padStart(32, '0')}` })
    )
  await server.advance('1 s')
  server.clientApp.answerWith(204)
}

onEachDatabase(dialect => {
  test('dead events are replayed together, each under its own id, as far as the limit goes', async t => {
    const server = await build(t, dialect, { environment })
    await deadEvents(server, 3)
    server.clientApp.events.splice(0)

    const first = await server.request('POST', '/admin/webhooks/replay', { body: { limit: 2 } })
    await server.advance('10 min')
    const second = await server.request('POST', '/admin/webhooks/replay', { body: {} })
    await server.advance('10 min')

    assert.deepEqual([first.status, first.body], [202, { replayed: 2, more: true }])
    assert.deepEqual(second.body, { replayed: 1, more: false })
    assert.equal(new Set(server.clientApp.events.map(({ eventId }) => eventId)).size, 3)
    const dead = await server.request('GET', '/admin/webhooks?status=dead')
    assert.deepEqual(dead.body, [])
  })

  test('the list and the replay keep to type, resource, bearer and time', async t => {
    const server = await build(t, dialect, { environment })
    await deadEvents(server, 1)
    await server.advance('2 h')
    await deadEvents(server, 2)
    const count = async (query: string): Promise<number> =>
      (await server.request('GET', `/admin/webhooks?${query}`)).body.length

    const [newest] = (await server.request('GET', '/admin/webhooks')).body

    assert.deepEqual(
      [
        await count('type=messages.message.inbound_sms'),
        await count('type=messages.message.opt_out'),
        await count(`resource_id=${newest.resource_id}`),
        await count('bearer_id=4711'),
        await count('from=2026-11-23T13:00:00Z'),
        await count('from=2026-11-23T12:00:00Z&to=2026-11-23T13:00:00Z'),
        await count('status=dead&to=2026-11-23T12:00:00Z')
      ],
      [3, 0, 1, 0, 2, 1, 0]
    )
    const replayed = await server.request('POST', '/admin/webhooks/replay', {
      body: { to: '2026-11-23T13:00:00Z' }
    })
    assert.equal(replayed.body.replayed, 1)
  })

  test('a time that is none is refused with its field', async t => {
    const server = await build(t, dialect, { workers: false })

    const answer = await server.request('GET', '/admin/webhooks?from=yesterday')

    assert.deepEqual([answer.status, answer.body.error.details[0].field], [422, 'from'])
  })
})
