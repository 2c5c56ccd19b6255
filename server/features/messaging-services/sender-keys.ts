import { sql } from 'kysely'
import type { Database, Executor } from '../../platform/database.ts'

/**
 * What an opt-out from each number covers: the messaging service that it belongs to, where it does; the
 * provider blocks the same way. Numbers outside any service are absent.
 */
export async function senderKeysOf(
  database: Database,
  executor: Executor,
  numbers: readonly string[]
): Promise<Map<string, string>> {
  const list = [...new Set(numbers)].map(number => ({ number }))
  const { rows } = await sql<{ number: string; sid: string }>`
    select n.number, s.provider_messaging_sid as sid
    from ${database.rows(list, { number: 'text' })}
    join provider_numbers n on n.number = r.number
    join messaging_services s on s.id = n.messaging_service_id`.execute(executor)
  return new Map(rows.map(row => [row.number, row.sid]))
}
