import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import pino from 'pino'
import { VirtualClock } from '../../simulator/clock.ts'
import { entities } from '../entities.ts'
import { migrations } from '../migrations/list.ts'
import { aDatabase, onEachDatabase, startOfTest } from '../testing/build.ts'
import { createDatabaseQueue } from './database-queue.ts'
import { type Dialect, openDatabase } from './database.ts'
import { leaseMs, queueContract, type QueueUnderTest } from './queue-contract.ts'

onEachDatabase(dialect => queueContract(t => lanesOn(t, dialect)))

async function lanesOn(t: TestContext, dialect: Dialect): Promise<QueueUnderTest> {
  const clock = new VirtualClock({ mode: 'frozen', start: startOfTest })
  const { url, drop } = await aDatabase(dialect)
  t.after(drop)
  const isShared = dialect === 'postgresql'

  const worker = async () => {
    const database = await openDatabase({ url, entities, migrations, pool: 6 })
    let isBroken = false
    const fragile = {
      ...database,
      transaction: (async work => {
        if (isBroken) throw new Error('the database is away')
        return database.transaction(work)
      }) satisfies typeof database.transaction
    }
    const queue = createDatabaseQueue({
      database: fragile,
      clock,
      log: pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }),
      leaseMs,
      shared: isShared
    })
    t.after(async () => {
      queue.close()
      await database.close()
    })
    return {
      database: fragile,
      queue,
      breakDown: () => {
        isBroken = true
        return () => {
          isBroken = false
        }
      }
    }
  }

  const first = await worker()
  return {
    ...first,
    clock,
    anotherWorker: isShared ? worker : undefined,
    async deadLetters() {
      const { rows } = await sql<{ payload: string; attempts: number; error: string }>`
        select payload, attempts, error from dead_letters order by id`.execute(first.database.sql)
      return rows
    }
  }
}
