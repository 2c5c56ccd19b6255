import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processWithoutDatabase } from '../../testing/another-process.ts'
import { build, onEachDatabase } from '../../testing/build.ts'

onEachDatabase(dialect => {
  test('anyone may ask whether the API is healthy', async t => {
    const server = await build(t, dialect)

    const answer = await server.request('GET', '/status', { token: null })

    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, { message: 'ok' })
  })

  test('while its database is down the API says so, and when to ask again', async t => {
    const server = await build(t, dialect)
    await using other = await processWithoutDatabase(server)

    const status = await other.app.inject('/api/v1/status')
    const ready = await other.app.inject('/health/ready')

    assert.deepEqual([status.statusCode, ready.statusCode], [503, 503])
    assert.equal(status.headers['retry-after'], '1')
    assert.equal(status.json().error.code, 'overloaded')
  })

  test('a process that cannot reach its database is still alive', async t => {
    const server = await build(t, dialect)
    await using other = await processWithoutDatabase(server)

    const answer = await other.app.inject('/health/live')

    assert.equal(answer.statusCode, 200)
  })

  test('the metrics tell of requests by route and status, and of the lanes', async t => {
    const server = await build(t, dialect)
    await server.sendMessage()
    await server.request('GET', '/messages/unknown')

    const { payload, headers } = await server.app.inject('/metrics')

    assert.match(String(headers['content-type']), /^text\/plain/)
    assert.match(
      payload,
      /http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/messages",status="201"\} 1/
    )
    assert.match(
      payload,
      /http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/messages\/:uuid",status="404"\} 1/
    )
    assert.match(payload, /lane_depth\{lane="messages.normal"\} \d/)
  })
})
