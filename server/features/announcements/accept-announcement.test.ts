import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { developmentToken } from '../../seed.ts'
import { build, onEachDatabase, type TestServer, until } from '../../testing/build.ts'

const family = (index: number): string => `+1601${2_000_000 + index}`

const shared = {
  client_announcement_id: 'snow-day',
  global_customer_id: 'local-district',
  type: 'sms',
  body: 'School is closed today.'
}

const ledgerOf = async (server: TestServer) =>
  (await server.request('GET', '/announcements/snow-day')).body.ledger

const streamed = (server: TestServer, lines: readonly unknown[]) =>
  server.request('POST', '/announcements', {
    body: [{ announcement: shared }, ...lines].map(line => JSON.stringify(line)).join('\n'),
    headers: { 'content-type': 'application/x-ndjson' }
  })

onEachDatabase(dialect => {
  test('of a hundred thousand recipients the one that is wrong is named, and the rest are taken in', async t => {
    const server = await build(t, dialect, { workers: false })
    const recipients = Array.from({ length: 100_000 }, (_, index) =>
      index === 57_312 ? '+1' : family(index)
    )

    const whole = await server.request('POST', '/announcements', {
      body: { announcement: { ...shared, recipients } }
    })
    const asStream = await streamed(server, recipients)

    for (const answer of [whole, asStream])
      assert.deepEqual(
        [answer.status, answer.body.accepted, answer.body.rejected.map(indexOf)],
        [202, 99_999, [57_312]]
      )
    const { accepted, pending } = await ledgerOf(server)
    assert.deepEqual([accepted, pending], [199_998, 199_998])
  })

  test('one recipient more than fits into JSON is refused before anything is taken in', async t => {
    const server = await build(t, dialect, { workers: false })
    const recipients = Array.from({ length: 100_001 }, (_, index) => family(index))

    const answer = await server.request('POST', '/announcements', {
      body: { announcement: { ...shared, recipients } }
    })

    assert.deepEqual(
      [answer.status, answer.body.error.details[0].field],
      [422, 'announcement.recipients']
    )
    assert.match(answer.body.error.message, /ndjson/)
    assert.equal((await server.request('GET', '/announcements/snow-day')).status, 404)
  })

  test('of a stream that is cut off what came before is taken in, and repeating it reaches nobody twice', async t => {
    const server = await build(t, dialect)
    const lines = Array.from({ length: 2_500 }, (_, index) => JSON.stringify(family(index)))
    const cut = request(`${server.url}/api/v1/announcements`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${developmentToken}`,
        'content-type': 'application/x-ndjson'
      }
    })
    const closed = new Promise(resolve => cut.on('close', resolve))
    cut.on('error', () => undefined)
    cut.write(`${JSON.stringify({ announcement: shared })}\n${lines.join('\n')}`)
    await until('two chunks to be stored', async () => (await acceptedSoFar(server)) === 2_000)
    cut.destroy()
    await closed

    const again = await streamed(
      server,
      lines.map(line => JSON.parse(line))
    )
    await server.advance('3 s')

    assert.equal(again.body.accepted, 2_500)
    const { accepted, repeated } = await ledgerOf(server)
    assert.deepEqual([accepted, repeated], [2_500, 2_000])
  })

  test('a stream that begins with no announcement, and an empty one, are refused', async t => {
    const server = await build(t, dialect, { workers: false })
    const post = (body: string) =>
      server.request('POST', '/announcements', {
        body,
        headers: { 'content-type': 'application/x-ndjson' }
      })

    const refusals = [
      await post(''),
      await post('\n'),
      await post('not JSON'),
      await post(JSON.stringify(family(1))),
      await post(`${JSON.stringify({ announcement: shared })}\n`),
      await post(JSON.stringify({ announcement: { ...shared, body: 7 } }))
    ]

    assert.deepEqual(
      refusals.map(({ status }) => status),
      [400, 400, 400, 422, 422, 422]
    )
  })
})

const indexOf = ({ index }: { index: number }): number => index

async function acceptedSoFar(server: TestServer): Promise<number> {
  const { status, body } = await server.request('GET', '/announcements/snow-day')
  return status === 200 ? body.ledger.accepted : 0
}
