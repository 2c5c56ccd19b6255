import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { VirtualClock } from './clock.ts'
import { Journal, lineOf } from './journal.ts'

function aJournal(retention = 100_000): Journal {
  return new Journal('AC1', new VirtualClock({ mode: 'frozen', start: 1000 }), { retention })
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

test('pages lead through all entries, from either end, whatever is appended meanwhile', () => {
  const journal = aJournal()
  for (let index = 0; index < 10; index++) journal.append({ kind: index % 2 ? 'odd' : 'even' })
  const match = { kind: 'even' }
  const turn = (keep: 'newest' | 'oldest') => {
    const seqs: number[][] = []
    for (let next = {}; ;) {
      const page = journal.page({ match, limit: 2, keep, ...next })
      seqs.push(page.entries.map(({ seq }) => seq))
      if (page.next === undefined) return seqs
      next = page.next
      if (keep === 'newest') journal.append({ kind: 'even' })
    }
  }

  assert.deepEqual(turn('oldest'), [[1, 3], [5, 7], [9]])
  assert.deepEqual(turn('newest'), [[7, 9], [3, 5], [1]])
})

test('entries are found by virtual time, and a number by its text', () => {
  let now = 0
  const journal = new Journal('AC1', { now: () => now })
  for (now = 0; now < 5; now++) journal.append({ kind: 'request', status: 200 + now })

  const found = (filter: object) => journal.list(filter).map(({ at }) => at)

  assert.deepEqual(found({ since: 1, until: 3 }), [1, 2])
  assert.deepEqual(found({ before: 3 }), [0, 1])
  assert.deepEqual(found({ match: { status: '203' } }), [3])
})

test('the digest is that of the exported lines', () => {
  const journal = aJournal()
  const digestOfLines = () =>
    createHash('sha256').update(journal.list().map(lineOf).join('')).digest('hex')

  assert.equal(journal.digest(), digestOfLines())
  journal.append({ kind: 'b', a: { z: 1, y: [2] } })
  assert.equal(journal.digest(), digestOfLines())
  journal.append({ kind: 'c' })
  assert.equal(journal.digest(), digestOfLines())
  assert.equal(
    lineOf(journal.list()[0]),
    '{"a":{"y":[2],"z":1},"at":1000,"kind":"b","seq":1,"world":"AC1"}\n'
  )
})

test('a digest of what is dropped is kept on request alone', () => {
  const clock = new VirtualClock({ mode: 'frozen', start: 0 })
  const journals = [1, 2].map(() => new Journal('AC1', clock, { retention: 5, digest: true }))
  const [asked, unasked] = journals
  const without = new Journal('AC1', clock, { retention: 5 })
  for (let index = 0; index < 33; index++) {
    for (const journal of [...journals, without]) journal.append({ kind: 'tick' })
    asked?.digest()
  }

  assert.equal(asked?.digest(), unasked?.digest())
  assert.match(asked?.digest() ?? '', /^[0-9a-f]{64}$/)
  assert.equal(without.digest(), undefined)
})

test('a journal that is saved, written down and restored goes on as if nothing had been', () => {
  const clock = new VirtualClock({ mode: 'frozen', start: 0 })
  const kinds = fc.array(fc.constantFrom('a', 'b'), { maxLength: 40 })
  fc.assert(
    fc.property(kinds, kinds, fc.boolean(), (before, after, digest) => {
      const journal = new Journal('AC1', clock, { retention: 5, digest })
      for (const kind of before) journal.append({ kind })

      const restored = new Journal('AC1', clock, { retention: 5, digest })
      restored.restore(JSON.parse(JSON.stringify(journal.save())))
      for (const kind of after) {
        journal.append({ kind })
        restored.append({ kind })
      }

      assert.deepEqual(restored.list(), journal.list())
      assert.equal(restored.digest(), journal.digest())
      assert.equal(restored.lastSeq, journal.lastSeq)
    })
  )
})

test('a listener hears of every entry, also of those that are not kept', () => {
  const journal = aJournal(10)
  const heard: number[] = []
  journal.listen(({ seq }) => heard.push(seq))

  for (let index = 0; index < 95; index++) journal.append({ kind: 'tick' })

  assert.deepEqual([heard.length, heard[0], heard.at(-1)], [95, 1, 95])
})
