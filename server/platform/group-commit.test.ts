import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { entities } from '../entities.ts'
import { migrations } from '../migrations/list.ts'
import { aDatabase, onEachDatabase } from '../testing/build.ts'
import { type Database, openDatabase } from './database.ts'
import { GroupCommit } from './group-commit.ts'

test('concurrent submissions share one write and each gets its own result', async () => {
  const batches: number[][] = []
  const doubled = new GroupCommit<number, number>(async items => {
    batches.push(items)
    return items.map(item => item * 2)
  })

  const results = await Promise.all([1, 2, 3].map(item => doubled.submit(item)))

  assert.deepEqual(results, [2, 4, 6])
  assert.deepEqual(batches, [[1, 2, 3]])
})

test('what arrives while a batch is written goes with the next', async () => {
  const batches: number[][] = []
  const gate = Promise.withResolvers<undefined>()
  const commits = new GroupCommit<number, undefined>(async items => {
    batches.push(items)
    if (batches.length === 1) await gate.promise
    return items.map(() => undefined)
  })
  const first = commits.submit(1)
  await new Promise(resolve => setImmediate(resolve))

  const later = [commits.submit(2), commits.submit(3)]
  gate.resolve(undefined)
  await Promise.all([first, ...later])

  assert.deepEqual(batches, [[1], [2, 3]])
})

test('a batch has at most maxItems', async () => {
  const sizes: number[] = []
  const commits = new GroupCommit<number, undefined>(
    async items => {
      sizes.push(items.length)
      return items.map(() => undefined)
    },
    { maxItems: 4 }
  )

  await Promise.all(Array.from({ length: 10 }, (_, item) => commits.submit(item)))

  assert.deepEqual(sizes, [4, 4, 2])
})

test('a poisonous item fails alone', async () => {
  const commits = new GroupCommit<string, string>(async items => {
    if (items.includes('poison')) throw new Error('cannot be written')
    return items.map(item => `${item} written`)
  })

  const results = await Promise.allSettled(['a', 'poison', 'b'].map(item => commits.submit(item)))

  assert.deepEqual(
    results.map(result => (result.status === 'fulfilled' ? result.value : String(result.reason))),
    ['a written', 'Error: cannot be written', 'b written']
  )
})

test('an error among the results refuses that item and nothing else', async () => {
  let writes = 0
  const commits = new GroupCommit<number, number | Error>(async items => {
    writes++
    return items.map(item => (item === 2 ? new Error('opted out') : item))
  })

  const results = await Promise.allSettled([1, 2, 3].map(item => commits.submit(item)))

  assert.deepEqual(
    results.map(result => result.status),
    ['fulfilled', 'rejected', 'fulfilled']
  )
  assert.equal(writes, 1)
})

test('a writer that fails before it returns a promise is a writer that fails', async () => {
  const commits = new GroupCommit<number, number>(() => {
    throw new Error('at once')
  })

  await assert.rejects(commits.submit(1), /at once/)
  await assert.rejects(commits.submit(2), /at once/)
})

test('draining waits for everything that was submitted', async () => {
  const written: number[] = []
  const commits = new GroupCommit<number, undefined>(
    async items => {
      await new Promise(resolve => setImmediate(resolve))
      written.push(...items)
      return items.map(() => undefined)
    },
    { maxItems: 2 }
  )
  for (const item of [1, 2, 3, 4, 5]) void commits.submit(item)

  await commits.drain()

  assert.deepEqual(written, [1, 2, 3, 4, 5])
})

test('draining an idle writer is done at once', async () => {
  const commits = new GroupCommit<number, undefined>(async items => items.map(() => undefined))

  await commits.drain()
})

onEachDatabase(dialect => {
  test('concurrent writes are one transaction, and each is answered after its commit', async t => {
    const file = await aDatabase(dialect)
    const database = await openDatabase({ url: file.url, entities, migrations })
    t.after(async () => {
      await database.close()
      await file.drop()
    })
    let transactions = 0
    const lines = new GroupCommit<string, undefined>(items =>
      database.transaction(async tx => {
        transactions++
        const columns = { number: 'text', looked_up_at: 'bigint' } as const
        const rows = items.map(number => ({ number, looked_up_at: 0 }))
        await database.insert(tx.sql, 'line_types', columns, rows)
        return items.map(() => undefined)
      })
    )
    const numbers = Array.from({ length: 50 }, (_, place) => `+1601555${1_000 + place}`)

    const visible = await Promise.all(
      numbers.map(async number => {
        await lines.submit(number)
        return isStored(database, number)
      })
    )
    const afterwards = transactions
    const again = await Promise.allSettled(
      [...numbers.slice(0, 2), '+16015559999'].map(number => lines.submit(number))
    )

    assert.ok(visible.every(Boolean))
    assert.equal(afterwards, 1)
    assert.deepEqual(
      again.map(result => result.status),
      ['rejected', 'rejected', 'fulfilled']
    )
    assert.ok(await isStored(database, '+16015559999'))
  })
})

async function isStored(database: Database, number: string): Promise<boolean> {
  const { rows } = await sql`select 1 from line_types where number = ${number}`.execute(
    database.sql
  )
  return rows.length === 1
}
