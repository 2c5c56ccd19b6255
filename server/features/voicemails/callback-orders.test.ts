import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { build, onEachDatabase, parentNumber } from '../../testing/build.ts'
import {
  aPairing,
  assertNobodyIsOnTheLine,
  eventsOf,
  parentCalls,
  person
} from '../../testing/calls.ts'
import { replay } from '../../testing/replay.ts'

onEachDatabase(dialect => {
  const rounds = dialect === 'sqlite' ? 6 : 2

  test(`the callbacks of a voicemail in ${rounds} random orders, with repetitions, are one call and one voicemail, stored and read`, async t => {
    const server = await build(t, dialect)
    const { database } = server.deps
    await aPairing(server)
    person(server, parentNumber, {
      presses: ['2'],
      says: ['Anna is ill today and will stay at home, thank you.']
    })
    await parentCalls(server)
    await server.advance('30 min')

    const forget = async () => {
      for (const table of ['calls', 'voicemails', 'recordings'])
        await sql`delete from ${sql.table(table)}`.execute(database.sql)
    }
    await replay(t, server, { rounds, atLeast: 5, forget }, async () => {
      const { rows: calls } = await sql<{ internal_status: string; menu_choice: string }>`
        select internal_status, menu_choice from calls`.execute(database.sql)
      assert.deepEqual(
        calls.map(({ internal_status, menu_choice }) => [internal_status, menu_choice]),
        [['completed', 'voicemail']]
      )
      const { rows: voicemails } = await sql<{ internal_status: string }>`
        select internal_status from voicemails`.execute(database.sql)
      assert.deepEqual(
        voicemails.map(({ internal_status }) => internal_status),
        ['transcripted']
      )
      for (const type of ['recorded', 'transcripted'])
        assert.equal(eventsOf(server, `direct_calls.voicemail.${type}`).length, 1, type)
      assertNobodyIsOnTheLine(server)
    })
  })
})
