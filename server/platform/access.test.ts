import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createToken } from './tokens.ts'
import { developmentToken } from '../seed.ts'
import { build, onEachDatabase } from '../testing/build.ts'
import { operationsOf } from '../testing/operations.ts'
import { countRows } from '../testing/rows.ts'

const credentials = (revoked: string): [string, string | undefined][] => [
  ['no token', undefined],
  ['an empty header', ''],
  ['a scheme without a token', 'Bearer'],
  ['another scheme', `Basic ${Buffer.from('admin:password').toString('base64')}`],
  ['a token without a scheme', developmentToken],
  ['a malformed token', 'Bearer abc'],
  [
    'a mistyped token',
    `Bearer ${developmentToken.slice(0, -1)}${developmentToken.endsWith('0') ? '1' : '0'}`
  ],
  ['an unknown token', `Bearer ${createToken()}`],
  ['a revoked token', `Bearer ${revoked}`],
  ['two tokens', `Bearer ${developmentToken} ${developmentToken}`]
]

onEachDatabase(dialect => {
  test('whoever has no valid token may call nothing but what is public, and changes nothing', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token, id } = await server.createBearer()
    await server.request('DELETE', `/admin/bearers/${id}`)
    const operations = operationsOf(server.app).filter(operation => !operation.isOpen)
    const before = await countRows(server.deps.database)

    for (const [what, authorization] of credentials(token)) {
      for (const { method, url } of operations) {
        const answer = await server.app.inject({
          method,
          url,
          headers: authorization === undefined ? {} : { authorization }
        })
        assert.equal(answer.statusCode, 403, `${method} ${url} with ${what}`)
        assert.equal(answer.json().error.code, 'forbidden')
      }
    }

    assert.ok(operations.length >= 26)
    assert.deepEqual(await countRows(server.deps.database), before)
  })

  test('whoever is no administrator may call no operation of administrators', async t => {
    const server = await build(t, dialect, { workers: false })
    const tokens = await Promise.all(
      ['Application', 'User'].map(
        async type => (await server.createBearer({ bearer_type: type })).token
      )
    )
    const operations = operationsOf(server.app).filter(({ path }) =>
      path.startsWith('/api/v1/admin/')
    )
    const before = await countRows(server.deps.database)

    for (const token of tokens) {
      for (const { method, url } of operations) {
        const answer = await server.app.inject({
          method,
          url,
          headers: { authorization: `Bearer ${token}` }
        })
        assert.equal(answer.statusCode, 403, `${method} ${url}`)
        assert.match(answer.json().error.message, /Admin/)
      }
    }

    assert.ok(operations.length >= 9)
    assert.deepEqual(await countRows(server.deps.database), before)
  })

  test('a resource of another bearer is as absent as one that does not exist', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    const { body: message } = await server.sendMessage({
      client_conversation_id: 'class 4b',
      send_at: '2026-11-24T12:00:00Z'
    })
    const [key] = (await server.request('GET', '/api_keys')).body
    const { body: conversation } = await server.request('POST', '/conversations', {
      body: { conversation: { client_conversation_id: 'class 4c' } }
    })
    const change = { conversation: { moderator_id: 'teacher-1' } }
    const pairs = [
      [
        'GET',
        `/messages/${message.message_uuid}`,
        '/messages/0193585e-7c00-7000-8000-000000000000',
        undefined
      ],
      [
        'DELETE',
        `/messages/${message.message_uuid}`,
        '/messages/0193585e-7c00-7000-8000-000000000000',
        undefined
      ],
      ['DELETE', `/api_keys/${key.id}`, '/api_keys/4711', undefined],
      ['PATCH', `/conversations/${conversation.id}`, '/conversations/4711', change],
      [
        'PATCH',
        '/conversations/client_conversation_id/class%204c',
        '/conversations/client_conversation_id/none',
        change
      ]
    ] as const

    for (const [method, foreign, absent, body] of pairs) {
      const how = { token, ...(body && { body }) }
      const [first, second] = await Promise.all([
        server.request(method, foreign, how),
        server.request(method, absent, how)
      ])
      const comparable = (answer: typeof first, path: string) =>
        JSON.stringify({ ...answer.body.error, request_id: undefined }).replace(
          path.split('/').at(-1) ?? '',
          '…'
        )
      assert.equal(first.status, 404)
      assert.equal(comparable(first, foreign), comparable(second, absent))
    }
  })

  test('the scheme may be written in any case', async t => {
    const server = await build(t, dialect, { workers: false })

    const answer = await server.app.inject({
      url: '/api/v1/bearer',
      headers: { authorization: `bearer ${developmentToken}` }
    })

    assert.equal(answer.statusCode, 200)
  })
})
