import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { build, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { withoutSecrets } from './record-actions.ts'

const log = async (server: TestServer, query = '') =>
  (await server.request('GET', `/admin/audit_log${query}`)).body

onEachDatabase(dialect => {
  test('what administrators do is written down with its outcome, and no secret in it', async t => {
    const server = await build(t, dialect, { workers: false })

    const { body: bearer } = await server.request('POST', '/admin/bearers', {
      body: {
        bearer_name: 'Gradebook',
        bearer_type: 'Application',
        callback_url: 'https://gradebook.example/events?key=hunter2',
        username: 'u',
        password: 'hunter2'
      },
      headers: { 'x-request-id': 'request-of-the-test' }
    })
    await server.request('PATCH', '/admin/bearers/4711', { body: { bearer_name: 'Nobody' } })
    await server.request('GET', '/admin/bearers')
    await server.request('DELETE', `/admin/bearers/${bearer.id}`)

    const entries = await log(server)
    assert.deepEqual(
      entries.map((entry: Record<string, unknown>) => [
        entry['action'],
        entry['path'],
        entry['status_code'],
        entry['bearer_name']
      ]),
      [
        ['DELETE /api/v1/admin/bearers/:id', `/api/v1/admin/bearers/${bearer.id}`, 200, 'admin'],
        ['PATCH /api/v1/admin/bearers/:id', '/api/v1/admin/bearers/4711', 404, 'admin'],
        ['POST /api/v1/admin/bearers', '/api/v1/admin/bearers', 201, 'admin']
      ]
    )
    assert.equal(entries[2].request_id, 'request-of-the-test')
    assert.deepEqual(entries[2].given, {
      bearer_name: 'Gradebook',
      bearer_type: 'Application',
      callback_url: 'https://gradebook.example/events?…',
      username: 'u',
      password: '…'
    })
  })

  test('the log has pages, and keeps to who and what', async t => {
    const server = await build(t, dialect, { workers: false })
    for (let count = 0; count < 3; count++)
      await server.request('POST', '/admin/api_keys', { body: { bearer_id: 1 } })
    await server.request('POST', '/admin/webhooks/replay', { body: {} })

    const action = encodeURIComponent('POST /api/v1/admin/api_keys')
    const first = await server.request('GET', `/admin/audit_log?limit=2&action=${action}`)
    const cursor = String(first.headers['x-next-cursor'])
    const second = await log(server, `?limit=2&action=${action}&cursor=${cursor}`)

    assert.deepEqual([first.body.length, second.length], [2, 1])
    assert.deepEqual(await log(server, '?bearer_id=4711'), [])
    assert.equal((await log(server, '?bearer_id=1')).length, 4)
  })

  test('what is no action of an administrator is not in the log', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    const before = (await log(server)).length

    await server.request('POST', '/admin/bearers', { token, body: {} })
    await server.request('POST', '/admin/bearers', { body: { bearer_name: 5 } })
    await server.sendMessage()

    assert.equal((await log(server)).length, before)
  })
})

test('no secret under whatever name, however deep, is kept', () => {
  const seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const name = fc.constantFrom('password', 'Password', 'api_key', 'auth_token', 'client_secret')
  const wrapped = fc.letrec(tie => ({
    body: fc.oneof(
      fc.record({ secret: name }).map(({ secret }): unknown => ({ [secret]: 'hunter2' })),
      fc.record({ inner: tie('body') }),
      fc.array(tie('body'), { maxLength: 3 }),
      fc.constant({ url: 'https://a:hunter2@b.example/?t=hunter2' })
    )
  })).body
  fc.assert(
    fc.property(wrapped, body => {
      assert.doesNotMatch(withoutSecrets(body), /hunter2/)
    }),
    { seed, numRuns: 200 }
  )
})
