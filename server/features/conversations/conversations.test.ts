import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { test } from 'node:test'
import { bearing } from '../../testing/another-process.ts'
import {
  build,
  firstNumber,
  onEachDatabase,
  parentNumber,
  secondNumber,
  type TestServer
} from '../../testing/build.ts'
import { countRows } from '../../testing/rows.ts'

const otherParent = '+16015550143'

const create = (server: TestServer, conversation: object, token?: string) =>
  server.request('POST', '/conversations', {
    body: { conversation },
    ...(token !== undefined && { token })
  })

onEachDatabase(dialect => {
  test('a conversation is created with its ids, participants and callback', async t => {
    const server = await build(t, dialect)

    const { status, body } = await create(server, {
      client_conversation_id: 'class 4b',
      global_id: 'district/7',
      internal_conversation_id: '4b',
      application_name: 'Gradebook',
      callback_url: 'https://gradebook.example/events',
      welcome_message: 'Hello!',
      moderator_id: 'teacher-1',
      moderator_number: secondNumber,
      provider_number: firstNumber,
      participants: [parentNumber, { participant_number: otherParent }]
    })

    const { id, ...rest } = body
    assert.equal(status, 201)
    assert.ok(Number.isInteger(id))
    assert.deepEqual(rest, {
      client_conversation_id: 'class 4b',
      global_id: 'district/7',
      internal_conversation_id: '4b',
      application_name: 'Gradebook',
      callback_url: 'https://gradebook.example/events',
      welcome_message: 'Hello!',
      moderator_id: 'teacher-1',
      moderator_number: secondNumber,
      provider_number: firstNumber,
      participants: [parentNumber, otherParent].map(number => ({
        participant_number: number,
        provider_number: firstNumber,
        pairing_deactivated_at: null
      })),
      created_at: '2026-11-23T12:00:00.000Z',
      updated_at: '2026-11-23T12:00:00.000Z'
    })
  })

  test('a conversation is updated by our id; absent fields stay', async t => {
    const server = await build(t, dialect)
    const { body: before } = await create(server, {
      client_conversation_id: 'class 4b',
      welcome_message: 'Hello!'
    })
    await server.advance('1 min')

    const { status, body } = await server.request('PATCH', `/conversations/${before.id}`, {
      body: { conversation: { welcome_message: 'Welcome!' } }
    })

    assert.equal(status, 200)
    assert.deepEqual(body, {
      ...before,
      welcome_message: 'Welcome!',
      updated_at: '2026-11-23T12:01:00.000Z'
    })
  })

  for (const idName of ['client_conversation_id', 'global_id', 'internal_conversation_id']) {
    test(`a conversation is updated by its ${idName}, whatever characters that has`, async t => {
      const server = await build(t, dialect)
      for (const id of [
        'a/b',
        '100%',
        '%2F',
        'Straße 🏫',
        '?q=1#x',
        'a+b c',
        "'; drop table conversations; --",
        '0'
      ]) {
        const { body: before } = await create(server, { [idName]: id })

        const { status, body } = await server.request(
          'PATCH',
          `/conversations/${idName}/${encodeURIComponent(id)}`,
          {
            body: { conversation: { moderator_id: id } }
          }
        )

        assert.equal(status, 200, id)
        assert.deepEqual(body, { ...before, moderator_id: id })
      }
    })
  }

  test('an id of two dots is an id like any other', async t => {
    const server = await build(t, dialect)
    await create(server, { client_conversation_id: '..' })

    // By hand: URL libraries take the dots for the way up.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const path = '/api/v1/conversations/client_conversation_id/..'
      const headers = { ...bearing(), 'content-type': 'application/json' }
      httpRequest(server.url, { method: 'PATCH', path, headers, agent: false }, answer =>
        resolve(answer.resume().statusCode)
      )
        .on('error', reject)
        .end(JSON.stringify({ conversation: { moderator_id: 'teacher-1' } }))
    })

    assert.equal(status, 200)
  })

  test('an id of 255 letters of any script fits into a path', async t => {
    const server = await build(t, dialect)
    const id = '語'.repeat(255)
    await create(server, { global_id: id })

    const { status } = await server.request(
      'PATCH',
      `/conversations/global_id/${encodeURIComponent(id)}`,
      {
        body: { conversation: { moderator_id: 'teacher-1' } }
      }
    )

    assert.equal(status, 200)
  })

  for (const idName of ['client_conversation_id', 'global_id', 'internal_conversation_id']) {
    test(`two conversations of an application cannot share a ${idName}`, async t => {
      const server = await build(t, dialect)
      await create(server, { [idName]: 'class 4b' })
      const other = await create(server, { [idName]: 'class 4c' })

      const created = await create(server, { [idName]: 'class 4b' })
      const updated = await server.request('PATCH', `/conversations/${other.body.id}`, {
        body: { conversation: { [idName]: 'class 4b' } }
      })

      assert.deepEqual([created.status, updated.status], [409, 409])
      assert.equal(
        created.body.error.message,
        `Another conversation of this application has this ${idName}.`
      )
    })
  }

  test('another application may use the same id, and is told apart when it updates', async t => {
    const server = await build(t, dialect)
    await create(server, { client_conversation_id: 'class 4b' })

    const second = await create(server, {
      client_conversation_id: 'class 4b',
      application_name: 'Gradebook'
    })
    const updated = await server.request(
      'PATCH',
      '/conversations/client_conversation_id/class%204b?application_name=Gradebook',
      { body: { conversation: { moderator_id: 'teacher-1' } } }
    )

    assert.equal(second.status, 201)
    assert.equal(updated.body.id, second.body.id)
  })

  test('two bearers may use the same id, and see their own conversation only', async t => {
    const server = await build(t, dialect)
    const { token } = await server.createBearer({ bearer_name: 'admin' })
    const mine = await create(server, { client_conversation_id: 'class 4b' })
    const theirs = await create(server, { client_conversation_id: 'class 4b' }, token)

    const answers = await Promise.all(
      [`client_conversation_id/class%204b`, `${mine.body.id}`, '4711'].map(path =>
        server.request('PATCH', `/conversations/${path}`, {
          token,
          body: { conversation: { moderator_id: 'teacher-1' } }
        })
      )
    )

    assert.equal(theirs.status, 201)
    assert.deepEqual(
      answers.map(answer => answer.status),
      [200, 404, 404]
    )
    assert.equal(answers[0]?.body.id, theirs.body.id)
    const [, foreign, absent] = answers.map(answer => ({
      ...answer.body.error,
      request_id: undefined
    }))
    assert.deepEqual(foreign, absent)
  })

  test('every wrong number and URL is named', async t => {
    const server = await build(t, dialect)
    const before = await countRows(server.deps.database)

    const { status, body } = await create(server, {
      client_conversation_id: 'class 4b',
      provider_number: '601-555-0100',
      moderator_number: '+1',
      participants: [parentNumber, 'mother', { participant_number: 'father' }],
      callback_url: 'ftp://gradebook.example'
    })

    assert.equal(status, 422)
    assert.deepEqual(
      body.error.details.map((detail: { field: string }) => detail.field),
      [
        'conversation.moderator_number',
        'conversation.provider_number',
        'conversation.participants[1]',
        'conversation.participants[2].participant_number',
        'conversation.callback_url'
      ]
    )
    assert.deepEqual(await countRows(server.deps.database), before)
  })

  test('participants without a number of ours to pair them with are refused, and nothing is kept', async t => {
    const server = await build(t, dialect)
    const before = await countRows(server.deps.database)

    const { status, body } = await create(server, {
      client_conversation_id: 'class 4b',
      participants: [parentNumber]
    })

    assert.equal(status, 422)
    assert.equal(body.error.details[0].field, 'conversation.provider_number')
    assert.deepEqual(await countRows(server.deps.database), before)
  })
})
