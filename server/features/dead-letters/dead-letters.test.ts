import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { textsAtProvider } from '../../testing/messages.ts'
import { sql } from 'kysely'

/** Work of a lane that was given up. */
async function aDeadLetter(server: TestServer, lane: string, payload: string): Promise<void> {
  await sql`insert into dead_letters (lane, fairness_key, order_key, payload, attempts, error, created_at, dead_at)
    values (${lane}, 1, ${payload}, ${payload}, 10, 'Error: out of order', 0, 1000)`.execute(
    server.deps.database.sql
  )
}

const list = async (server: TestServer, query = '') =>
  (await server.request('GET', `/admin/dead_letters${query}`)).body

onEachDatabase(dialect => {
  test('work that was given up is done when it is retried', async t => {
    const server = await build(t, dialect, { workers: false })
    const { body: message } = await server.sendMessage()
    await sql`delete from lane_entries`.execute(server.deps.database.sql)
    await aDeadLetter(server, 'messages.normal', message.message_uuid)
    const [letter] = await list(server)

    const retried = await server.request('POST', `/admin/dead_letters/${letter.id}/retry`)
    const again = await server.request('POST', `/admin/dead_letters/${letter.id}/retry`)

    assert.deepEqual(letter, {
      id: letter.id,
      lane: 'messages.normal',
      bearer_id: 1,
      payload: message.message_uuid,
      attempts: 10,
      error: 'Error: out of order',
      created_at: '1970-01-01T00:00:00.000Z',
      dead_at: '1970-01-01T00:00:01.000Z'
    })
    assert.deepEqual([retried.status, retried.body], [202, { retried: 1 }])
    assert.equal(again.status, 404)
    assert.deepEqual(await list(server), [])
    const { rows } = await sql<{ lane: string; order_key: string; attempts: number }>`
      select lane, order_key, attempts from lane_entries`.execute(server.deps.database.sql)
    assert.deepEqual(rows, [
      { lane: 'messages.normal', order_key: message.message_uuid, attempts: 0 }
    ])
    assert.deepEqual(textsAtProvider(server), [])
  })

  test('a lane is retried as a whole, as far as the limit goes, and others are left alone', async t => {
    const server = await build(t, dialect, { workers: false })
    for (const payload of ['1', '2', '3']) await aDeadLetter(server, 'fixed', payload)
    await aDeadLetter(server, 'broken', '4')

    const answer = await server.request('POST', '/admin/dead_letters/retry', {
      body: { lane: 'fixed', limit: 2 }
    })

    assert.deepEqual(answer.body, { retried: 2 })
    assert.deepEqual(
      (await list(server)).map(({ payload }: { payload: string }) => payload),
      ['4', '3']
    )
    assert.equal((await list(server, '?lane=broken')).length, 1)
    assert.equal((await list(server, '?bearer_id=2')).length, 0)
  })

  test('what is discarded is never done', async t => {
    const server = await build(t, dialect, { workers: false })
    await aDeadLetter(server, 'broken', '1')
    const [letter] = await list(server)

    const answer = await server.request('DELETE', `/admin/dead_letters/${letter.id}`)
    const again = await server.request('DELETE', `/admin/dead_letters/${letter.id}`)

    assert.deepEqual([answer.status, again.status, await list(server)], [200, 404, []])
  })
})
