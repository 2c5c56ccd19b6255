import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { developmentToken } from '../../seed.ts'
import { build, onEachDatabase } from '../../testing/build.ts'

const aBearer = (fields: object = {}) => ({
  bearer_name: 'Gradebook',
  bearer_type: 'Application',
  callback_url: 'https://gradebook.example/events',
  username: 'common-services',
  password: 'a long secret',
  ...fields
})

onEachDatabase(dialect => {
  test('an administrator creates a bearer and is shown its signing secret once', async t => {
    const server = await build(t, dialect)

    const created = await server.request('POST', '/admin/bearers', { body: aBearer() })
    const list = await server.request('GET', '/admin/bearers')

    const { id, signing_secret: secret, ...rest } = created.body
    assert.equal(created.status, 201)
    assert.match(secret, /^whsec_/)
    assert.deepEqual(rest, {
      bearer_name: 'Gradebook',
      bearer_type: 'Application',
      callback_url: 'https://gradebook.example/events',
      created_at: '2026-11-23T12:00:00.000Z'
    })
    assert.deepEqual(list.body.at(-1), { id, ...rest })
  })

  test('a password is never returned, and unreadable in the database', async t => {
    const server = await build(t, dialect)
    const { body } = await server.request('POST', '/admin/bearers', { body: aBearer() })

    const answers = await Promise.all([
      server.request('PATCH', `/admin/bearers/${body.id}`, {
        body: { password: 'another secret' }
      }),
      server.request('GET', '/admin/bearers')
    ])

    const { rows } = await sql`select * from bearers`.execute(server.deps.database.sql)
    for (const place of [body, ...answers.map(answer => answer.body), rows])
      assert.doesNotMatch(JSON.stringify(place), /a long secret|another secret/)
  })

  test('an update changes the given fields and leaves the others', async t => {
    const server = await build(t, dialect)
    const { body } = await server.request('POST', '/admin/bearers', { body: aBearer() })

    const answer = await server.request('PATCH', `/admin/bearers/${body.id}`, {
      body: { bearer_name: 'Gradebook 2' }
    })

    assert.equal(answer.status, 200)
    assert.equal(answer.body.bearer_name, 'Gradebook 2')
    assert.equal(answer.body.callback_url, 'https://gradebook.example/events')
    assert.equal(answer.body.signing_secret, undefined)
  })

  test('an update of an unknown bearer is 404', async t => {
    const server = await build(t, dialect)

    const answer = await server.request('PATCH', '/admin/bearers/4711', {
      body: { bearer_name: 'Nobody' }
    })

    assert.equal(answer.status, 404)
    assert.equal(answer.body.error.message, 'There is no bearer 4711.')
  })

  test('a signing secret is replaced on request', async t => {
    const server = await build(t, dialect)
    const before = await server.createBearer()

    const { body } = await server.request('PATCH', '/bearer', {
      token: before.token,
      body: { rotate_signing_secret: true }
    })

    assert.match(body.signing_secret, /^whsec_/)
    assert.notEqual(body.signing_secret, before.signingSecret)
  })

  test('a bearer reads and updates itself, and gives back what it was given', async t => {
    const server = await build(t, dialect)
    const { id, token } = await server.createBearer()
    const { body: current } = await server.request('GET', '/bearer', { token })

    const updated = await server.request('PATCH', '/bearer', {
      token,
      body: { ...current, bearer_name: 'Renamed' }
    })

    assert.equal(current.id, id)
    assert.equal(updated.status, 200)
    assert.deepEqual(updated.body, { ...current, bearer_name: 'Renamed' })
  })

  test('a renamed bearer keeps its conversations', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    const body = { conversation: { client_conversation_id: 'class 4b' } }
    const { body: before } = await server.request('POST', '/conversations', { token, body })

    await server.request('PATCH', '/bearer', { token, body: { bearer_name: 'Renamed' } })

    const after = await server.request(
      'PATCH',
      '/conversations/client_conversation_id/class%204b',
      { token, body }
    )
    assert.equal(after.body.id, before.id)
    assert.equal(after.body.application_name, 'Renamed')
  })

  test('a bearer cannot take the name of another application of its conversations', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    const body = {
      conversation: { client_conversation_id: 'class 4b', application_name: 'Gradebook' }
    }
    await server.request('POST', '/conversations', { token, body })

    const { status } = await server.request('PATCH', '/bearer', {
      token,
      body: { bearer_name: 'Gradebook' }
    })

    assert.equal(status, 409)
  })

  test('a bearer that is no administrator cannot make itself one', async t => {
    const server = await build(t, dialect)
    const { token } = await server.createBearer()

    const answer = await server.request('PATCH', '/bearer', {
      token,
      body: { bearer_type: 'Admin', bearer_name: 'Root' }
    })

    assert.equal(answer.status, 403)
    const { body } = await server.request('GET', '/bearer', { token })
    assert.deepEqual([body.bearer_type, body.bearer_name], ['Application', 'Another application'])
  })

  test('an administrator that another made a user may do no more at once', async t => {
    const server = await build(t, dialect)
    const { id, token } = await server.createBearer({ bearer_type: 'Admin' })
    assert.equal((await server.request('GET', '/admin/bearers', { token })).status, 200)

    await server.request('PATCH', `/admin/bearers/${id}`, { body: { bearer_type: 'User' } })

    assert.equal((await server.request('GET', '/admin/bearers', { token })).status, 403)
  })

  test('with a bearer go its keys, at once', async t => {
    const server = await build(t, dialect)
    const { id, token } = await server.createBearer()
    assert.equal((await server.request('GET', '/bearer', { token })).status, 200)

    const deletion = await server.request('DELETE', `/admin/bearers/${id}`)

    assert.deepEqual([deletion.status, deletion.body], [200, {}])
    assert.equal((await server.request('GET', '/bearer', { token })).status, 403)
    const keys = await server.request('GET', '/admin/api_keys')
    assert.ok(keys.body.every((key: { bearer_id: number }) => key.bearer_id !== id))
    assert.equal((await server.request('DELETE', `/admin/bearers/${id}`)).status, 404)
  })

  test('an administrator cannot delete itself and lock everybody out', async t => {
    const server = await build(t, dialect)
    const { body: self } = await server.request('GET', '/bearer')

    const answer = await server.request('DELETE', `/admin/bearers/${self.id}`)

    assert.equal(answer.status, 409)
    assert.equal((await server.request('GET', '/bearer', { token: developmentToken })).status, 200)
  })
})
