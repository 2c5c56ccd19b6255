import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { developmentToken } from '../../server/seed.ts'
import {
  build,
  firstNumber,
  parentNumber,
  type RequestOptions
} from '../../server/testing/build.ts'
import { type PrismProxy, startPrismProxy } from './prism-proxy.ts'

/*
 * A client's day over real HTTP, judged by the committed document: every request and every answer that
 * does not keep to it is a violation.
 */

interface Reply {
  status: number
  headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any
}

async function request(
  proxy: PrismProxy,
  method: string,
  path: string,
  { body, token = developmentToken, headers = {} }: RequestOptions = {}
): Promise<Reply> {
  const answer = await fetch(`${proxy.url}/api/v1${path}`, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers
    },
    ...(body !== undefined && { body: JSON.stringify(body) })
  })
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

const aMessage = (fields: object = {}) => ({
  body: {
    message: {
      sender_number: firstNumber,
      receiver_number: parentNumber,
      message_body: 'School is closed today.',
      ...fields
    }
  }
})

test('the message path keeps to the document', { timeout: 120_000 }, async t => {
  const server = await build(t)
  const document = fileURLToPath(new URL('../openapi.json', import.meta.url))
  const proxy = await startPrismProxy({ document, upstream: server.url })
  t.after(() => proxy.close())
  const call = (method: string, path: string, options?: RequestOptions) =>
    request(proxy, method, path, options)

  const judged = (title: string, steps: () => Promise<void>) =>
    t.test(title, async () => {
      await steps()
      assert.deepEqual(proxy.takeViolations(), [])
    })
  /** For steps in which the client breaks the document on purpose: only the server is judged. */
  const judgedAnswers = (title: string, steps: () => Promise<void>) =>
    t.test(title, async () => {
      await steps()
      const ofServer = proxy
        .takeViolations()
        .filter(violation => violation.location[0] !== 'request')
      assert.deepEqual(ofServer, [])
    })

  await judged('status', async () => {
    assert.equal((await call('GET', '/status', { token: null })).status, 200)
  })

  await judged('bearers, by an administrator', async () => {
    const bearer = {
      bearer_name: 'Gradebook',
      bearer_type: 'Application',
      callback_url: 'https://gradebook.example/events',
      username: 'u',
      password: 'p'
    }
    const created = await call('POST', '/admin/bearers', { body: bearer })
    assert.equal(created.status, 201)
    assert.equal((await call('GET', '/admin/bearers')).status, 200)
    assert.equal(
      (await call('PATCH', `/admin/bearers/${created.body.id}`, { body: { bearer_name: 'New' } }))
        .status,
      200
    )
    assert.equal((await call('DELETE', `/admin/bearers/${created.body.id}`)).status, 200)
    assert.equal((await call('DELETE', `/admin/bearers/${created.body.id}`)).status, 404)
  })

  await judged('the current bearer', async () => {
    const { body } = await call('GET', '/bearer')
    assert.equal(
      (await call('PATCH', '/bearer', { body: { bearer_name: body.bearer_name } })).status,
      200
    )
    assert.equal((await call('DELETE', `/admin/bearers/${body.id}`)).status, 409)
  })

  await judged('API keys', async () => {
    const own = await call('POST', '/api_keys')
    const given = await call('POST', '/admin/api_keys', { body: { bearer_id: own.body.bearer_id } })
    assert.deepEqual([own.status, given.status], [201, 201])
    assert.equal((await call('GET', '/api_keys')).status, 200)
    assert.equal((await call('GET', '/admin/api_keys')).status, 200)
    assert.equal((await call('DELETE', `/api_keys/${own.body.id}`)).status, 200)
    assert.equal((await call('DELETE', `/api_keys/${own.body.id}`)).status, 404)
    assert.equal((await call('DELETE', `/admin/api_keys/${given.body.id}`)).status, 200)
    assert.equal((await call('DELETE', `/admin/api_keys/${given.body.id}`)).status, 404)
  })

  await judged('conversations', async () => {
    const ids = {
      client_conversation_id: 'class 4b',
      global_id: '7/4b',
      internal_conversation_id: 'ä'
    }
    const body = {
      conversation: { ...ids, provider_number: firstNumber, participants: [parentNumber] }
    }
    const created = await call('POST', '/conversations', { body })
    assert.equal(created.status, 201)
    assert.equal((await call('POST', '/conversations', { body })).status, 409)
    const paths = [
      created.body.id,
      ...Object.entries(ids).map(([name, id]) => `${name}/${encodeURIComponent(id)}`)
    ]
    for (const path of paths)
      assert.equal((await call('PATCH', `/conversations/${path}`, { body })).status, 200)
    assert.equal((await call('PATCH', '/conversations/4711', { body })).status, 404)
  })

  await judged('participants', async () => {
    const body = { participant: { participant_number: parentNumber } }
    for (const method of ['PATCH', 'PUT', 'POST']) {
      assert.equal((await call(method, '/participants/deactivate_pairing', { body })).status, 200)
      assert.equal(
        (await call(method, '/conversations/1/participants/deactivate_pairing', { body })).status,
        200
      )
      assert.equal(
        (await call(method, '/conversations/4711/participants/deactivate_pairing', { body }))
          .status,
        404
      )
    }
  })

  await judged('a message, from its creation to its delivery', async () => {
    const created = await call(
      'POST',
      '/messages',
      aMessage({ client_conversation_id: 'class 4b', priority: 'high' })
    )
    assert.equal(created.status, 201)
    await server.advance('10 s')
    const read = await call('GET', `/messages/${created.body.message_uuid}`)
    assert.equal(read.body.internal_status, 'delivered')
    assert.equal((await call('DELETE', `/messages/${created.body.message_uuid}`)).status, 409)
  })

  await judged('a message that is called back', async () => {
    const { body } = await call('POST', '/messages', aMessage({ send_at: '2027-01-01T12:00:00Z' }))
    assert.equal((await call('DELETE', `/messages/${body.message_uuid}`)).status, 200)
    assert.equal((await call('GET', '/messages/0193585e-7c00-7000-8000-000000000000')).status, 404)
    assert.equal(
      (await call('DELETE', '/messages/0193585e-7c00-7000-8000-000000000000')).status,
      404
    )
  })

  await judged('a list in pages', async () => {
    const query = new URLSearchParams({ from: firstNumber, to: parentNumber, limit: '1' })
    const first = await call('GET', `/messages?${query.toString()}`)
    query.set('cursor', first.headers.get('x-next-cursor') ?? '')
    const second = await call('GET', `/messages?${query.toString()}`)
    assert.deepEqual([first.body.length, second.body.length], [1, 1])
  })

  await judged('copies of media', async () => {
    const { body } = await call(
      'POST',
      '/messages',
      aMessage({ media_urls: ['https://media.example/1.jpg'] })
    )
    const report = {
      message_uuid: body.message_uuid,
      media_file_urls: ['https://media.example/copy.jpg']
    }
    assert.equal((await call('POST', '/messages/images_lambda', { body: report })).status, 200)
  })

  await judged('what clients were told', async () => {
    await server.advance('10 s')
    const { body } = await call('GET', '/admin/webhooks?limit=1')
    assert.equal((await call('GET', `/admin/webhooks/${body[0].id}`)).status, 200)
    assert.equal((await call('POST', `/admin/webhooks/${body[0].id}/replay`)).status, 202)
  })

  await judged('a request with an Idempotency-Key, twice', async () => {
    const how = { ...aMessage(), headers: { 'idempotency-key': 'key' } }
    await call('POST', '/messages', how)
    const { status, headers } = await call('POST', '/messages', how)
    assert.deepEqual([status, headers.get('idempotency-replayed')], [201, 'true'])
    assert.equal(
      (await call('POST', '/messages', { ...aMessage({ priority: 'high' }), headers: how.headers }))
        .status,
      422
    )
  })

  await judgedAnswers('refusals', async () => {
    assert.equal((await call('POST', '/messages', { body: { message: {} } })).status, 422)
    assert.equal(
      (await call('POST', '/messages', aMessage({ receiver_number: '555' }))).status,
      422
    )
    assert.equal(
      (await call('POST', '/messages', { ...aMessage(), headers: { 'content-type': 'text/csv' } }))
        .status,
      415
    )
    assert.equal(
      (await call('POST', '/messages', aMessage({ message_body: 'a'.repeat(2 ** 21) }))).status,
      413
    )
    assert.equal((await call('GET', '/messages')).status, 422)
    assert.equal((await call('GET', '/bearer', { token: 'csk_unknown' })).status, 403)
    assert.equal((await call('GET', '/bearer', { token: null })).status, 403)
    assert.equal((await call('DELETE', '/api_keys/abc')).status, 422)
  })

  await t.test(
    'a list whose numbers stand in the body of a GET, which goes round the judge',
    async () => {
      const answer = await server.request('GET', '/messages', {
        body: { from: firstNumber, to: parentNumber }
      })
      assert.equal(answer.status, 200)
      assert.ok(answer.body.length > 0)
    }
  )
})
