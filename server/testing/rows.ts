import { sql } from 'kysely'
import type { Database } from '../platform/database.ts'
import { lanesByTheClock } from './lanes-by-the-clock.ts'

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
  'video_call_participants',
  'video_call_recordings',
  'video_call_sessions',
  'video_call_visits',
  'video_calls',
  'voice_devices'
] as const

/** How many rows each table has: what a refused request must leave as it was. */
export async function countRows({ sql: executor }: Database): Promise<Record<string, number>> {
  // What the workers look at by the clock is nobody's request.
  const counts = tables.map(
    table => sql`select ${sql.lit(table)} as name, count(*) as count from ${sql.table(table)}
      ${table === 'lane_entries' ? sql`where lane not in (${sql.join(lanesByTheClock)})` : sql``}`
  )
  const { rows } = await sql<{
    name: string
    count: number
  }>`${sql.join(counts, sql` union all `)}`.execute(executor)
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
}
