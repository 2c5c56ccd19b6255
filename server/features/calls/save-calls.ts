import { sql } from 'kysely'
import type { Database, Transaction } from '../../platform/database.ts'
import type { CallRow } from './call-row.ts'

const columns = {
  id: 'bigint',
  call_sid: 'text',
  dialled_sid: 'text',
  internal_status: 'text',
  provider_status: 'text',
  answered_by: 'text',
  menu_choice: 'text',
  error_code: 'text',
  error_description: 'text',
  failed_at: 'bigint',
  provider_call_at: 'bigint',
  joined_at: 'bigint',
  left_at: 'bigint',
  welcomed_at: 'bigint',
  heard_at: 'bigint',
  recording_sought: 'integer',
  updated_at: 'bigint'
} as const

/** Stores what changes of calls. Whoever calls it holds their rows locked. */
export async function saveCalls(
  database: Database,
  tx: Transaction,
  rows: readonly CallRow[]
): Promise<void> {
  if (rows.length === 0) return
  const list = rows.map(row =>
    Object.fromEntries(Object.keys(columns).map(name => [name, row[name as keyof CallRow]]))
  )
  const assignments = Object.keys(columns)
    .filter(name => name !== 'id')
    .map(name => sql`${sql.ref(name)} = ${sql.ref(`r.${name}`)}`)
  await sql`update calls set ${sql.join(assignments)}
    from ${database.rows(list, columns)} where calls.id = r.id`.execute(tx.sql)
}
