import type { Static } from '@sinclair/typebox'
import { type RawBuilder, sql } from 'kysely'
import { isoTime } from '../../platform/clock.ts'
import { csvLine } from '../../platform/csv.ts'
import type { Database } from '../../platform/database.ts'
import { invalidValues } from '../../platform/errors.ts'
import { phoneNumberProblem } from '../../telephony/phone-number.ts'
import type { ExportOptOuts, OptOutRecord } from './schemas.ts'
import type { OptOutClass } from './registry.ts'

interface OptOutRow {
  id: number
  recipient_number: string
  sender_key: string
  class: OptOutClass
  keyword: string
  opted_out_at: number
  opted_in_at: number | null
}

type Filter = Omit<Static<typeof ExportOptOuts>, 'format'>

const rowsPerPage = 1_000

/** @throws 422 for a number that is none */
export function optOutCondition(filter: Filter): RawBuilder<unknown> {
  const { recipient_number: recipient, sender_key: sender, class: from, active } = filter
  const problem = recipient === undefined ? undefined : phoneNumberProblem(recipient)
  if (problem !== undefined) throw invalidValues([{ field: 'recipient_number', message: problem }])
  const conditions = [sql`true`]
  if (recipient !== undefined) conditions.push(sql`recipient_number = ${recipient}`)
  if (sender !== undefined) conditions.push(sql`sender_key = ${sender}`)
  if (from !== undefined) conditions.push(sql`class = ${from}`)
  if (active !== undefined)
    conditions.push(active === 'true' ? sql`opted_in_at is null` : sql`opted_in_at is not null`)
  return sql.join(conditions, sql` and `)
}

/** Newest first. One more than fits is asked for. */
export async function listOptOuts(
  database: Database,
  condition: RawBuilder<unknown>,
  before: number | undefined,
  limit: number
): Promise<OptOutRecord[]> {
  const { rows } = await sql<OptOutRow>`select * from opt_outs where ${condition}
    ${before === undefined ? sql`` : sql`and id < ${before}`}
    order by id desc limit ${limit + 1}`.execute(database.sql)
  return rows.map(present)
}

const present = (row: OptOutRow): OptOutRecord => ({
  id: row.id,
  recipient_number: row.recipient_number,
  sender_key: row.sender_key,
  class: row.class,
  keyword: row.keyword,
  opted_out_at: isoTime(row.opted_out_at),
  opted_in_at: row.opted_in_at === null ? null : isoTime(row.opted_in_at)
})

export const optOutFields = [
  'recipient_number',
  'sender_key',
  'class',
  'keyword',
  'opted_out_at',
  'opted_in_at'
] as const

/** The whole registry a page at a time, oldest first, as text. */
export async function* exportOptOuts(
  database: Database,
  condition: RawBuilder<unknown>,
  format: 'ndjson' | 'csv'
): AsyncGenerator<string> {
  if (format === 'csv') yield `${csvLine(optOutFields)}\r\n`
  for (let after = 0; ;) {
    const { rows } = await sql<OptOutRow>`select * from opt_outs
      where ${condition} and id > ${after} order by id limit ${rowsPerPage}`.execute(database.sql)
    const last = rows.at(-1)
    if (!last) return
    after = last.id
    // Between two pages other requests have their turn.
    await new Promise(resolve => setImmediate(resolve))
    yield rows
      .map(present)
      .map(row =>
        format === 'csv'
          ? `${csvLine(optOutFields.map(field => row[field]))}\r\n`
          : `${JSON.stringify(row)}\n`
      )
      .join('')
  }
}
