import assert from 'node:assert/strict'
import { test } from 'node:test'

import { VirtualClock } from './clock.ts'
import { Journal } from './journal.ts'

function aJournal(retention?: number): Journal {
  return new Journal('AC1', new VirtualClock({ mode: 'frozen', start: 1000 }), retention)
}

test('entries are found by kind, by number on either side, and after another', () => {
  const journal = aJournal()
  journal.append({ kind: 'message.created', sid: 'SM1', from: '+1', to: '+2' })
  journal.append({ kind: 'message.status', sid: 'SM1', from: '+1', to: '+2', status: 'sent' })
  journal.append({ kind: 'message.created', sid: 'SM2', from: '+3', to: '+1' })

  const sids = (match: Record<string, unknown>, after = 0) =>
    journal.list({ match, after }).map(({ seq }) => seq)

  assert.deepEqual(sids({ kind: 'message.created' }), [1, 3])
  assert.deepEqual(sids({ kind: 'message.' }), [1, 2, 3])
  assert.deepEqual(sids({ number: '+1' }), [1, 2, 3])
  assert.deepEqual(sids({ number: '+1' }, 1), [2, 3])
  assert.deepEqual(sids({ sid: 'SM1', status: 'sent' }), [2])
})

test('a limit keeps the newest, oldest of them first', () => {
  const journal = aJournal()
  for (let index = 0; index < 5; index++) journal.append({ kind: 'tick' })

  assert.deepEqual(
    journal.list({ limit: 2 }).map(({ seq }) => seq),
    [4, 5]
  )
})

test('no more than twice the retention is kept', () => {
  const journal = aJournal(10)
  for (let index = 0; index < 95; index++) journal.append({ kind: 'tick' })

  const kept = journal.list()

  assert.ok(kept.length >= 10 && kept.length < 20)
  assert.equal(kept.at(-1)?.seq, 95)
})

test('an awaited entry may be there already or come later', async () => {
  const journal = aJournal()
  journal.append({ kind: 'message.status', status: 'sent' })

  const both = journal.await({ kind: 'message.status', status: 'sent' }, 2)
  journal.append({ kind: 'message.status', status: 'delivered' })
  journal.append({ kind: 'message.status', status: 'sent' })

  const result = await both
  assert.ok(result.found)
  assert.deepEqual(
    result.entries.map(({ seq }) => seq),
    [1, 3]
  )
})

test('who waits in vain hears what came closest, and where it differs', async () => {
  const journal = aJournal()
  journal.append({ kind: 'message.status', to: '+2', status: 'undelivered' })
  journal.append({ kind: 'message.created', to: '+9' })

  const result = await journal.await(
    { kind: 'message.status', to: '+2', status: 'delivered' },
    1,
    5
  )

  assert.ok(!result.found)
  assert.deepEqual(result.near_misses[0]?.differs, [
    { field: 'status', expected: 'delivered', found: 'undelivered' }
  ])
  assert.deepEqual(result.seen, { 'message.status': 1, 'message.created': 1 })
})

test('a listener hears of every entry, also of those that are not kept', () => {
  const journal = aJournal(10)
  const heard: number[] = []
  journal.listen(({ seq }) => heard.push(seq))

  for (let index = 0; index < 95; index++) journal.append({ kind: 'tick' })

  assert.deepEqual([heard.length, heard[0], heard.at(-1)], [95, 1, 95])
})
