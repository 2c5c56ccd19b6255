import { sql } from 'kysely'
import pino from 'pino'
import { VirtualClock } from '../../simulator/clock.ts'
import { entities } from '../entities.ts'
import { migrations } from '../migrations/list.ts'
import { aDatabase, onEachDatabase, startOfTest } from '../testing/build.ts'
import { createDatabaseQueue } from './database-queue.ts'
import { type Dialect, openDatabase } from './database.ts'
import {
  leaseMs,
  queueContract,
  type QueueUnderTest,
  sharedQueueContract
} from '../testing/queue-contract.ts'

onEachDatabase(dialect => {
  queueContract(() => lanesOn(dialect))
  // A SQLite file is written by one process.
  if (dialect === 'postgresql') sharedQueueContract(() => lanesOn(dialect))
})

async function lanesOn(dialect: Dialect): Promise<QueueUnderTest> {
  const clock = new VirtualClock({ mode: 'frozen', start: startOfTest })
  const file = await aDatabase(dialect)
  const endings = [() => file.drop()]
  const isShared = dialect === 'postgresql'

  const worker = async () => {
    const database = await openDatabase({ url: file.url, entities, migrations, pool: 6 })
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
      // Without `hold`, so that time can pass over what is in hand: leases are about that.
      clock: {
        now: () => clock.now(),
        setTimer: (delayMs, action) => clock.setTimer(delayMs, action)
      },
      log: pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }),
      leaseMs,
      shared: isShared
    })
    endings.push(async () => {
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
    async close() {
      for (const end of endings.toReversed()) await end()
    },
    anotherWorker: isShared ? worker : undefined,
    async deadLetters() {
      const { rows } = await sql<{ payload: string; attempts: number; error: string }>`
        select payload, attempts, error from dead_letters order by id`.execute(first.database.sql)
      return rows
    }
  }
}
