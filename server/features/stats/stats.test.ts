import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { build, onEachDatabase, startOfTest, type TestServer } from '../../testing/build.ts'
import { withoutClockwork } from '../../testing/lanes-by-the-clock.ts'

interface Line {
  source: string
  day: string
  bearer_id: number
  status: string
  count: number
}

const lines = async (server: TestServer, query: string): Promise<(string | number)[][]> =>
  (await server.request('GET', `/admin/stats?${query}`)).body.days.map((line: Line) => [
    line.day,
    line.status,
    line.count
  ])

onEachDatabase(dialect => {
  test('texts are counted by the day of their creation and what became of them', async t => {
    const server = await build(t, dialect, { environment: withoutClockwork })
    await server.sendMessage()
    await server.sendMessage({ send_at: '2026-11-25T12:00:00Z' })
    await server.advance('1 day')
    await server.sendMessage()
    await server.advance('1 min')

    const { body } = await server.request('GET', '/admin/stats?source=messages')

    assert.deepEqual(
      body.days.map(({ day, status, count }: Line) => [day, status, count]),
      [
        ['2026-11-23', 'delivered', 1],
        ['2026-11-23', 'scheduled', 1],
        ['2026-11-24', 'delivered', 1]
      ]
    )
    assert.deepEqual(body.totals, { messages: { delivered: 2, scheduled: 1 } })
    assert.deepEqual([body.from, body.to], ['2026-11-18', '2026-11-24'])
  })

  test('a day that can still change is counted anew after a minute, another never again', async t => {
    const server = await build(t, dialect, { environment: withoutClockwork })
    const query = 'from=2026-11-23&to=2026-11-25&source=messages'
    await server.sendMessage({ send_at: '2026-11-24T12:00:00Z' })
    const before = await lines(server, query)
    await server.advance('1 day')
    await server.advance('1 min')

    const after = await lines(server, query)
    await server.advance('1 day')
    await lines(server, query)
    await sql`update messages set internal_status = 'failed'`.execute(server.deps.database.sql)
    await server.advance('1 day')

    assert.deepEqual(before, [['2026-11-23', 'scheduled', 1]])
    assert.deepEqual(after, [['2026-11-23', 'delivered', 1]])
    assert.deepEqual(await lines(server, query), after)
  })

  test('every source is counted for every bearer, and one alone where it is asked for', async t => {
    const server = await build(t, dialect)
    const { token, id } = await server.createBearer()
    await server.sendMessage()
    await server.sendMessage({}, { token })
    await server.advance('1 min')

    const { body } = await server.request('GET', `/admin/stats?bearer_id=${id}`)

    assert.deepEqual(body.totals, {
      messages: { delivered: 1 },
      calls: {},
      conference_calls: {},
      announcements: {},
      client_events: { pending: 2 }
    })
    assert.ok(body.days.every((line: Line) => line.bearer_id === id))
  })

  test('days that are none, or too many, are refused', async t => {
    const server = await build(t, dialect, { workers: false })

    for (const query of [
      'from=2026-02-30',
      'to=today',
      'from=2026-11-24&to=2026-11-23',
      'from=2026-01-01&to=2026-11-23',
      'source=faxes'
    ])
      assert.equal((await server.request('GET', `/admin/stats?${query}`)).status, 422, query)
  })

  test('rows between others are found by time whatever gaps the ids have', async t => {
    const server = await build(t, dialect, { workers: false })
    const hour = 3_600_000
    for (const [id, hours] of [
      [3, -49],
      [10, -25],
      [4_000, -24.5],
      [90_000, -1],
      [90_007, 0]
    ] as const)
      await sql`insert into announcements (id, bearer_id, client_announcement_id, messaging_service_id,
          global_customer_id, type, body, media_urls, state, repeated, created_at, updated_at)
        values (${id}, 1, ${String(id)}, 1, 'local-district', 'sms', '', '[]', 'active', 0,
          ${startOfTest + hours * hour}, 0)`.execute(server.deps.database.sql)

    assert.deepEqual(await lines(server, 'source=announcements'), [
      ['2026-11-21', 'active', 1],
      ['2026-11-22', 'active', 2],
      ['2026-11-23', 'active', 2]
    ])
  })
})
