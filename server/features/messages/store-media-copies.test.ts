import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build, onEachDatabase } from '../../testing/build.ts'

const copies = ['https://media.example/copies/1.jpg', 'https://media.example/copies/2.jpg']
const path = '/messages/images_lambda'

onEachDatabase(dialect => {
  test('reported copies of media stand in the message, and the client is told once', async t => {
    const server = await build(t, dialect)
    const { body: message } = await server.sendMessage({
      media_urls: ['https://media.example/1.jpg']
    })
    await server.advance('10 s')
    const report = { message_uuid: message.message_uuid, media_file_urls: copies }

    const { status, body } = await server.request('POST', path, { body: report })
    await server.request('POST', path, { body: report })
    await server.advance('10 s')

    assert.equal(status, 200)
    assert.deepEqual(body.media_file_urls, copies)
    const read = await server.request('GET', `/messages/${message.message_uuid}`)
    assert.deepEqual(read.body.media_file_urls, copies)
    const events = server.clientApp.events.filter(
      event => event.type === 'messages.message.images_lambda'
    )
    assert.deepEqual(
      events.map(event => event.payload['media_file_urls']),
      [copies]
    )
  })

  test("copies for an unknown message or another bearer's are 404", async t => {
    const server = await build(t, dialect, { workers: false })
    const { token } = await server.createBearer()
    const { body: message } = await server.sendMessage()

    const answers = await Promise.all(
      [message.message_uuid, '0193585e-7c00-7000-8000-000000000000', 'unknown'].map(uuid =>
        server.request('POST', path, {
          token,
          body: { message_uuid: uuid, media_file_urls: copies }
        })
      )
    )

    assert.deepEqual(
      answers.map(answer => answer.status),
      [404, 404, 404]
    )
  })

  test('a worker with the key of an Admin reports for every bearer, and that bearer is told', async t => {
    const server = await build(t, dialect, { workers: false })
    const { id, token } = await server.createBearer()
    const { body: message } = await server.sendMessage({}, { token })

    const answer = await server.request('POST', path, {
      body: { message_uuid: message.message_uuid, media_file_urls: copies }
    })

    const { body: told } = await server.request('GET', `/admin/webhooks?bearer_id=${id}`)
    assert.deepEqual(
      [answer.status, told.map(({ type }: { type: string }) => type)],
      [200, ['messages.message.images_lambda']]
    )
  })

  test('each URL that is none is named', async t => {
    const server = await build(t, dialect, { workers: false })
    const { body: message } = await server.sendMessage()

    const { status, body } = await server.request('POST', path, {
      body: {
        message_uuid: message.message_uuid,
        media_file_urls: [copies[0], 'file:///etc/passwd']
      }
    })

    assert.equal(status, 422)
    assert.deepEqual(body.error.details, [
      { field: 'media_file_urls[1]', message: 'must be an absolute http or https URL' }
    ])
  })
})
