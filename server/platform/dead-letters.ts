import { sql } from 'kysely'
import type { Database, Transaction } from './database.ts'
import type { Queue } from './queue.ts'

/** Work given up after its last attempt. */
export interface DeadLetterRow {
  id: number
  lane: string
  fairness_key: number
  order_key: string | null
  payload: string
  attempts: number
  error: string
  created_at: number
  dead_at: number
}

/** Puts work back into its lane, due at once, with all its attempts before it. Returns how much it was. */
export async function retryDeadLetters(
  deps: { database: Database; queue: Queue },
  tx: Transaction,
  which: { id: number } | { lane: string; limit: number }
): Promise<number> {
  const chosen =
    'id' in which
      ? sql`id = ${which.id}`
      : sql`id in (select id from dead_letters where lane = ${which.lane} order by id limit ${which.limit}
          ${deps.database.locking('for update skip locked')})`
  const { rows } =
    await sql<DeadLetterRow>`delete from dead_letters where ${chosen} returning *`.execute(tx.sql)
  await deps.queue.publish(
    rows.map(row => ({
      lane: row.lane,
      fairnessKey: row.fairness_key,
      orderKey: row.order_key ?? undefined,
      payload: row.payload
    })),
    tx
  )
  return rows.length
}
