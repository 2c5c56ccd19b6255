import { sql } from 'kysely'
import { messageChecksLane } from '../features/messages/ask-after-messages.ts'
import type { Database } from '../platform/database.ts'

const tables = [
  'announcement_batches',
  'announcements',
  'api_keys',
  'bearers',
  'calls',
  'client_events',
  'conference_calls',
  'conversations',
  'idempotency_keys',
  'lane_entries',
  'messages',
  'opt_outs',
  'participants',
  'provider_callbacks',
  'voice_devices'
] as const

/** How many rows each table has: what a refused request must leave as it was. */
export async function countRows({ sql: executor }: Database): Promise<Record<string, number>> {
  // What the workers look at by the clock is nobody's request.
  const counts = tables.map(
    table => sql`select ${sql.lit(table)} as name, count(*) as count from ${sql.table(table)}
      ${table === 'lane_entries' ? sql`where lane <> ${sql.lit(messageChecksLane)}` : sql``}`
  )
  const { rows } = await sql<{
    name: string
    count: number
  }>`${sql.join(counts, sql` union all `)}`.execute(executor)
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
}
