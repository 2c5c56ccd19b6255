import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { sha256 } from '../../platform/secrets.ts'
import { anotherProcess, bearing } from '../../testing/another-process.ts'
import { build, onEachDatabase, until } from '../../testing/build.ts'

onEachDatabase(dialect => {
  test('a bearer makes a key of its own, whose token works and is shown once', async t => {
    const server = await build(t, dialect)
    const bearer = await server.createBearer()

    const created = await server.request('POST', '/api_keys', { token: bearer.token })

    const { token, ...key } = created.body
    assert.equal(created.status, 201)
    assert.match(token, /^csk_/)
    assert.equal(key.bearer_id, bearer.id)
    const list = await server.request('GET', '/api_keys', { token })
    assert.deepEqual(list.body.at(-1), key)
    assert.equal(list.body.length, 2)
  })

  test('a token is kept as its hash and nothing else', async t => {
    const server = await build(t, dialect)

    const { token } = await server.createBearer()

    const { rows } = await sql<{
      token_hash: string
    }>`select * from api_keys order by id desc`.execute(server.deps.database.sql)
    assert.equal(rows[0]?.token_hash, sha256(token))
    assert.ok(!JSON.stringify(rows).includes(token))
  })

  test('an administrator makes a key for a bearer, and lists the keys of all', async t => {
    const server = await build(t, dialect)
    const { id } = await server.createBearer()

    const { status, body } = await server.request('POST', '/admin/api_keys', {
      body: { bearer_id: id }
    })

    const { token, ...key } = body
    assert.equal(status, 201)
    assert.equal((await server.request('GET', '/bearer', { token })).body.id, id)
    const list = await server.request('GET', '/admin/api_keys')
    assert.deepEqual(list.body.at(-1), key)
    assert.equal(new Set(list.body.map((each: { bearer_id: number }) => each.bearer_id)).size, 2)
  })

  test('a key for a bearer that does not exist is refused', async t => {
    const server = await build(t, dialect)

    const answer = await server.request('POST', '/admin/api_keys', { body: { bearer_id: 4711 } })

    assert.equal(answer.status, 422)
    assert.deepEqual(answer.body.error.details, [
      { field: 'bearer_id', message: 'names no bearer, got 4711' }
    ])
  })

  test('a deleted key stops at once', async t => {
    const server = await build(t, dialect)
    const { token } = await server.createBearer()
    const [key] = (await server.request('GET', '/api_keys', { token })).body

    const deletion = await server.request('DELETE', `/api_keys/${key.id}`, { token })

    assert.deepEqual([deletion.status, deletion.body], [200, {}])
    assert.equal((await server.request('GET', '/api_keys', { token })).status, 403)
  })

  test('a key that an administrator deletes stops at once, and is gone', async t => {
    const server = await build(t, dialect)
    const { token } = await server.createBearer()
    const [key] = (await server.request('GET', '/api_keys', { token })).body

    const first = await server.request('DELETE', `/admin/api_keys/${key.id}`)
    const second = await server.request('DELETE', `/admin/api_keys/${key.id}`)

    assert.deepEqual([first.status, second.status], [200, 404])
    assert.equal((await server.request('GET', '/api_keys', { token })).status, 403)
  })

  test('a key that was deleted on another process stops within a second', async t => {
    const server = await build(t, dialect)
    await using other = await anotherProcess(server, { config: { TOKEN_CACHE_MS: 50 } })
    const { token } = await server.createBearer()
    const ask = async () =>
      (await other.app.inject({ url: '/api/v1/bearer', headers: bearing(token) })).statusCode
    assert.equal(await ask(), 200)
    const [key] = (await server.request('GET', '/api_keys', { token })).body

    await server.request('DELETE', `/api_keys/${key.id}`, { token })

    await until('the other process to refuse the token', async () => (await ask()) === 403, 1_000)
    assert.ok(server.deps.config.TOKEN_CACHE_MS < 1_000)
  })
})
