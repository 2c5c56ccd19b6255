import type { Readable } from 'node:stream'
import type { Static } from '@sinclair/typebox'
import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import { csvValues } from '../../platform/csv.ts'
import type { Database } from '../../platform/database.ts'
import { errors } from '../../platform/errors.ts'
import { parseInstant } from '../../platform/instant.ts'
import { linesOf } from '../../platform/lines.ts'
import { findingsIn } from '../../platform/validation.ts'
import { phoneNumberProblem } from '../../telephony/phone-number.ts'
import { textProblem } from '../../telephony/text.ts'
import { optOutFields } from './find-opt-outs.ts'
import { ImportedOptOut, type OptOutImport } from './schemas.ts'

const linesPerTransaction = 1_000
const mostRejectionsListed = 1_000

interface Imported {
  recipient_number: string
  sender_key: string
  class: string
  keyword: string
  opted_out_at: number
  opted_in_at: number | null
}

type Format = 'ndjson' | 'csv'

/**
 * Takes opt-outs over from a stream, a thousand lines at a time: each thousand is durable before the next is
 * read. Of two words about the same pair the later one counts, so that an import may be repeated, and never
 * undoes what a person said since.
 */
export async function importOptOuts(
  { database, clock }: { database: Database; clock: Clock },
  stream: Readable,
  format: Format
): Promise<OptOutImport> {
  const answer: OptOutImport = { imported: 0, unchanged: 0, rejected_count: 0, rejected: [] }
  let chunk: Imported[] = []
  const store = async (): Promise<void> => {
    const changed = await storeChunk(database, chunk)
    answer.imported += changed
    answer.unchanged += chunk.length - changed
    chunk = []
  }
  const now = clock.now()
  let columns: readonly string[] | undefined
  for await (const { line, text } of linesOf(stream)) {
    if (format === 'csv' && columns === undefined) {
      columns = columnsIn(text)
      continue
    }
    const checked = checkLine(columns === undefined ? jsonIn(text) : recordIn(text, columns), now)
    if (typeof checked === 'string') {
      answer.rejected_count++
      if (answer.rejected.length < mostRejectionsListed)
        answer.rejected.push({ line, message: checked })
    } else chunk.push(checked)
    if (chunk.length >= linesPerTransaction) await store()
  }
  if (chunk.length > 0) await store()
  return answer
}

/** @throws 400 for a first line that does not name the columns */
function columnsIn(text: string | undefined): string[] {
  const columns = text === undefined ? undefined : csvValues(text.replace(/^\uFEFF/, ''))
  if (!columns?.includes('recipient_number') || !columns.includes('sender_key'))
    throw new errors.badRequest(
      `The first line must name the columns: ${optOutFields.join(',')}; recipient_number and sender_key are required.`
    )
  return columns
}

function jsonIn(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An empty value is an absent one. */
function recordIn(text: string | undefined, columns: readonly string[]): unknown {
  const values = text === undefined ? undefined : csvValues(text)
  if (values?.length !== columns.length) return undefined
  const known: readonly string[] = optOutFields
  return Object.fromEntries(
    columns
      .map((name, place): [string, string] => [name, values[place] ?? ''])
      .filter(([name, value]) => known.includes(name) && value !== '')
  )
}

const serviceSid = /^MG[0-9a-fA-F]{32}$/
const shortCode = /^\d{3,8}$/

/** The line as it is stored, or what is wrong with it. */
function checkLine(given: unknown, now: number): Imported | string {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return 'the line is no opt-out'
  const [finding] = findingsIn(ImportedOptOut, given)
  if (finding) return `${finding.path.slice(1)} ${finding.message}`
  return checkFields(given as Static<typeof ImportedOptOut>, now)
}

function checkFields(given: Static<typeof ImportedOptOut>, now: number): Imported | string {
  const { recipient_number: recipient, sender_key: sender, keyword = 'STOP' } = given
  const recipientProblem = phoneNumberProblem(recipient)
  if (recipientProblem !== undefined) return `recipient_number ${recipientProblem}`
  if (!serviceSid.test(sender) && !shortCode.test(sender) && phoneNumberProblem(sender))
    return 'sender_key must be a messaging service SID or a number'
  const keywordProblem = textProblem(keyword)
  if (keywordProblem !== undefined) return `keyword ${keywordProblem}`
  const outAt = given.opted_out_at === undefined ? now : parseInstant(given.opted_out_at)
  const inAt = typeof given.opted_in_at === 'string' ? parseInstant(given.opted_in_at) : null
  if (outAt === undefined) return 'opted_out_at must be an ISO 8601 time with a time zone'
  if (inAt === undefined) return 'opted_in_at must be an ISO 8601 time with a time zone'
  if (outAt > now || (inAt ?? 0) > now) return 'nobody opted out or in later than now'
  if (inAt !== null && inAt < outAt) return 'opted_in_at must not be before opted_out_at'
  return {
    recipient_number: recipient,
    sender_key: sender,
    class: given.class ?? 'messages',
    keyword,
    opted_out_at: outAt,
    opted_in_at: inAt
  }
}

const latestOf = (row: Imported): number => row.opted_in_at ?? row.opted_out_at

/** How many said something new. */
async function storeChunk(database: Database, chunk: readonly Imported[]): Promise<number> {
  // A statement may not touch a row twice; in one order, so that two imports never wait for each other.
  const latest = new Map<string, Imported>()
  for (const row of chunk) {
    const key = `${row.recipient_number} ${row.sender_key} ${row.class}`
    const known = latest.get(key)
    if (!known || latestOf(row) >= latestOf(known)) latest.set(key, row)
  }
  const list = [...latest].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  return database.transaction(async tx => {
    const stored = await database.insert<{ id: number }>(
      tx.sql,
      'opt_outs',
      {
        recipient_number: 'text',
        sender_key: 'text',
        class: 'text',
        keyword: 'text',
        opted_out_at: 'bigint',
        opted_in_at: 'bigint'
      },
      list,
      sql`on conflict (recipient_number, sender_key, class) do update
        set keyword = excluded.keyword, opted_out_at = excluded.opted_out_at, opted_in_at = excluded.opted_in_at
        where coalesce(excluded.opted_in_at, excluded.opted_out_at)
          > coalesce(opt_outs.opted_in_at, opt_outs.opted_out_at)
        returning id`
    )
    return stored.length
  })
}
