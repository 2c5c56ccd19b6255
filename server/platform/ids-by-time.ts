import { sql } from 'kysely'
import type { Executor } from './database.ts'

/** Ids are given in the order of time but for what several processes write at one moment. */
const slackMs = 600_000

/**
 * The ids of a table within which everything lies that bears a time from `from` to before `to`: found by
 * halving, in some twenty steps of the primary key, so that no index on the time is kept for it. The rows at
 * the edges are for the caller to leave out.
 */
export async function idsBetween(
  executor: Executor,
  table: string,
  from: number | undefined,
  to: number | undefined
): Promise<{ first: number; end: number }> {
  const { rows } = await sql<{ most: number | null }>`
    select max(id) as most from ${sql.table(table)}`.execute(executor)
  const end = (rows[0]?.most ?? 0) + 1
  return {
    first: from === undefined ? 0 : await firstIdAt(executor, table, from - slackMs, end),
    end: to === undefined ? end : await firstIdAt(executor, table, to + slackMs, end)
  }
}

/** The first id whose row is not older than `at`; `end` when there is none. */
async function firstIdAt(
  executor: Executor,
  table: string,
  at: number,
  end: number
): Promise<number> {
  let low = 0
  let high = end
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    // Ids have gaps: the next row that is there stands for all before it.
    const { rows } = await sql<{ id: number; created_at: number }>`
      select id, created_at from ${sql.table(table)} where id >= ${middle} order by id limit 1`.execute(
      executor
    )
    const [row] = rows
    if (row === undefined || row.id >= high || row.created_at >= at) high = middle
    else low = row.id + 1
  }
  return low
}
