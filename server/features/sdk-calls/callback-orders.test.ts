import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { build, onEachDatabase, parentNumber } from '../../testing/build.ts'
import { aBrowser, browserCalls } from '../../testing/browsers.ts'
import { assertNobodyIsOnTheLine, eventsOf, person } from '../../testing/calls.ts'
import { replay } from '../../testing/replay.ts'

onEachDatabase(dialect => {
  const rounds = dialect === 'sqlite' ? 6 : 2

  test(`the callbacks of a call from a browser in ${rounds} random orders, with repetitions, end as it ended`, async t => {
    const server = await build(t, dialect)
    const { database } = server.deps
    const identity = await aBrowser(server)
    person(server, parentNumber, { answers: 'person', after: '3 s', hangs_up_after: '20 s' })
    await browserCalls(server, identity, { To: parentNumber, client_conversation_id: 'class-4b' })
    await server.advance('10 min')

    const forget = async () => {
      await sql`update calls set internal_status = 'calling', provider_status = null, dialled_sid = null,
        failed_at = null, error_code = null, error_description = null`.execute(database.sql)
      await sql`delete from recordings`.execute(database.sql)
    }
    await replay(t, server, { rounds, atLeast: 6, forget }, async () => {
      const { rows } = await sql<{
        internal_status: string
        call_sid: string
        dialled_sid: string
      }>`
        select internal_status, call_sid, dialled_sid from calls`.execute(database.sql)
      const [call, ...others] = rows
      assert.equal(others.length, 0)
      assert.equal(call?.internal_status, 'completed')
      assert.notEqual(call.call_sid, call.dialled_sid)
      const told = eventsOf(server, 'direct_calls.call.status_update')
      assert.ok(told.some(event => event['recording_url'] !== ''))
      assert.equal(told.at(-1)?.['internal_status'], 'completed')
      assertNobodyIsOnTheLine(server)
    })
  })
})
