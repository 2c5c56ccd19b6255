import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  build,
  firstNumber,
  onEachDatabase,
  parentNumber,
  secondNumber
} from '../../testing/build.ts'

const path = '/participants/deactivate_pairing'
const theParent = { participant: { participant_number: parentNumber } }

onEachDatabase(dialect => {
  for (const method of ['PATCH', 'PUT', 'POST'] as const) {
    test(`${method} deactivates a participant's pairings, as of now`, async t => {
      const server = await build(t, dialect, { workers: false })
      await server.sendMessage()
      await server.sendMessage({ sender_number: secondNumber })
      await server.advance('3 min')

      const { status, body } = await server.request(method, path, { body: theParent })

      assert.equal(status, 200)
      assert.deepEqual(
        body.participants.toSorted(
          (a: { provider_number: string }, b: { provider_number: string }) =>
            a.provider_number < b.provider_number ? -1 : 1
        ),
        [firstNumber, secondNumber].map(number => ({
          participant_number: parentNumber,
          provider_number: number,
          pairing_deactivated_at: '2026-11-23T12:03:00.000Z'
        }))
      )
    })

    test(`${method} on a conversation deactivates the pairing of that conversation alone`, async t => {
      const server = await build(t, dialect, { workers: false })
      await server.sendMessage({ client_conversation_id: 'class 4b' })
      await server.sendMessage({ client_conversation_id: 'class 4c' })
      const find = (id: string) =>
        server.request('PATCH', `/conversations/client_conversation_id/${encodeURIComponent(id)}`, {
          body: { conversation: { moderator_id: 'teacher-1' } }
        })
      const { body: conversation } = await find('class 4b')

      const { status, body } = await server.request(
        method,
        `/conversations/${conversation.id}${path}`,
        { body: theParent }
      )

      assert.equal(status, 200)
      assert.equal(body.participants.length, 1)
      const [b, c] = await Promise.all(['class 4b', 'class 4c'].map(find))
      assert.equal(b?.body.participants[0].pairing_deactivated_at, '2026-11-23T12:00:00.000Z')
      assert.equal(c?.body.participants[0].pairing_deactivated_at, null)
    })
  }

  for (const idName of ['client_conversation_id', 'global_id', 'internal_conversation_id']) {
    test(`the conversation is named by its ${idName}`, async t => {
      const server = await build(t, dialect, { workers: false })
      await server.sendMessage({ [idName]: 'class 4b' })
      await server.sendMessage({ [idName]: 'class 4c' })

      const { body } = await server.request('PATCH', path, {
        body: { participant: { participant_number: parentNumber, [idName]: 'class 4c' } }
      })

      assert.equal(body.participants.length, 1)
    })
  }

  test('a pairing is told by its provider number', async t => {
    const server = await build(t, dialect, { workers: false })
    await server.sendMessage()
    await server.sendMessage({ sender_number: secondNumber })

    const { body } = await server.request('PATCH', path, {
      body: { participant: { participant_number: parentNumber, provider_number: secondNumber } }
    })

    assert.deepEqual(
      body.participants.map((pairing: { provider_number: string }) => pairing.provider_number),
      [secondNumber]
    )
  })

  test('sending to a deactivated participant reactivates the pairing', async t => {
    const server = await build(t, dialect, { workers: false })
    await server.sendMessage({ client_conversation_id: 'class 4b' })
    await server.request('POST', path, { body: theParent })

    await server.sendMessage({ client_conversation_id: 'class 4b' })

    const { body } = await server.request(
      'PATCH',
      '/conversations/client_conversation_id/class%204b',
      {
        body: { conversation: { moderator_id: 'teacher-1' } }
      }
    )
    assert.equal(body.participants[0].pairing_deactivated_at, null)
  })

  test('an unknown pairing, an unknown conversation and another bearer’s are 404', async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    await server.sendMessage({ client_conversation_id: 'class 4b' })
    const { body: conversation } = await server.request(
      'PATCH',
      '/conversations/client_conversation_id/class%204b',
      {
        body: { conversation: { moderator_id: 'teacher-1' } }
      }
    )
    const unknownConversation = { participant: { ...theParent.participant, global_id: 'unknown' } }

    const answers = await Promise.all([
      server.request('PATCH', path, {
        body: { participant: { participant_number: '+16015550199' } }
      }),
      server.request('PATCH', path, { body: unknownConversation }),
      server.request('PATCH', `/conversations/4711${path}`, { body: theParent }),
      server.request('PATCH', path, { body: theParent, token }),
      server.request('PATCH', `/conversations/${conversation.id}${path}`, {
        body: theParent,
        token
      })
    ])

    assert.deepEqual(
      answers.map(answer => answer.status),
      [404, 404, 404, 404, 404]
    )
    const [, , absent, , foreign] = answers.map(answer => ({
      ...answer.body.error,
      request_id: undefined
    }))
    assert.deepEqual(foreign, absent)
  })

  test('a wrong number is named', async t => {
    const server = await build(t, dialect, { workers: false })

    const { status, body } = await server.request('PATCH', path, {
      body: { participant: { participant_number: '555-0100', provider_number: 'ours' } }
    })

    assert.equal(status, 422)
    assert.deepEqual(body.error.details, [
      {
        field: 'participant.participant_number',
        message: 'must be E.164 like +15005550006, got "555-0100"'
      },
      {
        field: 'participant.provider_number',
        message: 'must be E.164 like +15005550006, got "ours"'
      }
    ])
  })
})
