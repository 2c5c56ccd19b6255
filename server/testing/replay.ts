import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { Random } from '../../simulator/random.ts'
import {
  type CallbackKind,
  createCallbackReceipt
} from '../features/provider-callbacks/receive-callbacks.ts'
import type { TestServer } from './build.ts'

interface StoredRow {
  kind: CallbackKind
  query: string
  body: string
}

/**
 * Takes the callbacks that a story about calls has caused, and lets them arrive anew: in random orders, some of
 * them more than once, a few at a time. What the server had made of them is forgotten before each round; the
 * provider stays as it is, when everything is over there.
 *
 * @param assertOutcome is asked after each round, when twenty minutes have gone by
 */
export async function replay(
  t: TestContext,
  server: TestServer,
  { rounds, atLeast, forget }: { rounds: number; atLeast: number; forget: () => Promise<unknown> },
  assertOutcome: () => Promise<void>
): Promise<void> {
  const seed = process.env['TEST_SEED'] ?? String(Date.now())
  t.diagnostic(`seed ${seed}: TEST_SEED=${seed} repeats the orders`)
  const random = new Random(`replay/${seed}`)
  const { database } = server.deps
  const { rows: callbacks } = await sql<StoredRow>`
    select kind, query, body from provider_callbacks
    where kind not in ('twilio.message_status', 'twilio.inbound_message') order by id`.execute(
    database.sql
  )
  assert.ok(callbacks.length >= atLeast, `${callbacks.length} callbacks`)
  const receipt = createCallbackReceipt(server.deps)

  for (let round = 0; round < rounds; round++) {
    await forget()
    for (const table of ['client_events', 'provider_callbacks', 'lane_entries'])
      await sql`delete from ${sql.table(table)}`.execute(database.sql)
    server.clientApp.events.length = 0
    const heard = [...callbacks, ...callbacks.filter(() => random.chance(0.4))]
    for (const callback of shuffled(heard, random)) {
      await receipt.submit({ ...callback, requestId: 'replayed' })
      if (random.chance(0.3)) await server.idle()
    }
    await server.advance('20 min')

    const ids = server.clientApp.events.map(({ eventId }) => eventId)
    assert.equal(new Set(ids).size, ids.length, 'no event twice')
    await assertOutcome()
  }
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const left = [...items]
  const order: Item[] = []
  while (left.length > 0) order.push(...left.splice(random.between(0, left.length - 1), 1))
  return order
}
