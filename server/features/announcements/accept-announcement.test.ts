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
    const { waiting, accepted, pending } = await ledgerOf(server)
    assert.deepEqual([waiting, accepted, pending], [199_998, 0, 0])
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
    await until('two chunks to be stored', async () => (await takenInSoFar(server)) === 2_000)
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

  test('while repeated recipients are found out, the ledger adds up and nothing that it counted is taken back', async t => {
    const server = await build(t, dialect)
    const people = Array.from({ length: 3_000 }, (_, index) => family(index))
    // They wait for the number that is bought for the customer.
    await streamed(server, people)
    await streamed(server, people.toReversed())
    const ledgers = [await ledgerOf(server)]

    for (let step = 0; step < 30 && ledgers.at(-1).waiting > 0; step++) {
      await server.advance('100 ms')
      ledgers.push(await ledgerOf(server))
    }

    assert.deepEqual([ledgers[0].accepted, ledgers[0].waiting], [0, 6_000])
    assert.deepEqual([ledgers.at(-1).accepted, ledgers.at(-1).repeated], [3_000, 3_000])
    for (const [place, ledger] of ledgers.entries()) {
      const { accepted, repeated, sent, refused, blocked, canceled, pending } = ledger
      assert.equal(accepted, sent + refused + blocked + canceled + pending)
      assert.ok(accepted >= (ledgers[place - 1]?.accepted ?? 0))
      assert.ok(repeated >= (ledgers[place - 1]?.repeated ?? 0))
    }
  })

  test('an Idempotency-Key does not go with a stream, and is refused by its name', async t => {
    const server = await build(t, dialect, { workers: false })

    const answer = await server.request('POST', '/announcements', {
      body: `${JSON.stringify({ announcement: shared })}\n${JSON.stringify(family(1))}`,
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'once' }
    })

    assert.deepEqual([answer.status, answer.body.error.details[0].field], [422, 'Idempotency-Key'])
    assert.equal((await server.request('GET', '/announcements/snow-day')).status, 404)
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

async function takenInSoFar(server: TestServer): Promise<number> {
  const { status, body } = await server.request('GET', '/announcements/snow-day')
  return status === 200 ? body.ledger.accepted + body.ledger.waiting : 0
}
