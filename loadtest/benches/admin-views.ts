import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { entities } from '../../server/entities.ts'
import { eventCondition } from '../../server/features/client-events/find-events.ts'
import { exportOptOuts } from '../../server/features/opt-outs/find-opt-outs.ts'
import { countDays, dayMs } from '../../server/features/stats/count-days.ts'
import { messageStats } from '../../server/features/stats/sources.ts'
import { migrations } from '../../server/migrations/list.ts'
import { systemClock } from '../../server/platform/clock.ts'
import { type Database, openDatabase } from '../../server/platform/database.ts'
import { quick } from '../measure.ts'

const rows = quick ? 100_000 : 1_000_000
const days = 10
const start = Date.UTC(2026, 10, 1)

/** What the views of administrators cost on many rows, and the longest that a view keeps others waiting. */
export async function benchAdminViews(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'common-services-bench-'))
  const url = `sqlite:${join(directory, 'views.sqlite')}`
  const database = await openDatabase({ url, entities, migrations })
  try {
    await database.migrate()
    await fill(database)
    process.stdout.write(`\nViews of administrators, SQLite, ${rows} rows of each table\n`)
    await time('statistics of ten days, counted for the first time', () => stats(database))
    await time('the same, kept', () => stats(database))
    await time('a page of webhooks of a rare type', () =>
      webhooks(database, { type: 'direct_calls.call.status_update' })
    )
    await time('a page of dead webhooks of one hour', () =>
      webhooks(database, {
        status: 'dead',
        from: '2026-11-05T10:00:00Z',
        to: '2026-11-05T11:00:00Z'
      })
    )
    await time('the export of all opt-outs', async () => {
      for await (const page of exportOptOuts(database, sql`true`, 'csv')) void page
    })
  } finally {
    await database.close()
    await rm(directory, { recursive: true, force: true })
  }
}

const stats = (database: Database) =>
  countDays({ database, clock: systemClock }, messageStats, start, start + days * dayMs)

async function webhooks(
  database: Database,
  filter: Parameters<typeof eventCondition>[1]
): Promise<void> {
  const condition = await eventCondition(database.sql, filter)
  await sql`select * from client_events where ${condition} order by id desc limit 101`.execute(
    database.sql
  )
}

async function time(what: string, work: () => Promise<unknown>): Promise<void> {
  let longestMs = 0
  let last = performance.now()
  const watch = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - last)
    last = performance.now()
  }, 1)
  const begun = performance.now()
  await work()
  const ms = performance.now() - begun
  await new Promise(resolve => setTimeout(resolve, 2))
  clearInterval(watch)
  process.stdout.write(
    `  ${what.padEnd(56)} ${ms.toFixed(1).padStart(9)} ms, others wait ${longestMs.toFixed(1)} ms at most\n`
  )
}

async function fill({ sql: executor }: Database): Promise<void> {
  const at = sql`${sql.lit(start)} + n * ${sql.lit(Math.floor((days * dayMs) / rows))}`
  const numbers = sql`with recursive c(n) as (select 1 union all select n + 1 from c where n < ${sql.lit(rows)})`
  await sql`insert into messages (uuid, bearer_id, direction, sender_number, receiver_number, message_body,
      media_urls, media_file_urls, message_type, priority, provider, internal_status, num_segments, encoding,
      created_at, updated_at)
    ${numbers} select 'uuid-' || n, n % 20, 'outbound', '+16015550100', '+1601' || (5000000 + n),
      'School is closed today because of the snow. Stay warm!', '[]', '[]', 'sms', 'normal', 'twilio',
      case n % 50 when 0 then 'failed' when 1 then 'undelivered' else 'delivered' end, 1, 'GSM-7', ${at}, 0
    from c`.execute(executor)
  await sql`insert into client_events (event_id, type, bearer_id, resource_id, occurrence, payload, status,
      attempts, created_at)
    ${numbers} select 'event-' || n,
      case n % 100000 when 7 then 'direct_calls.call.status_update' else 'messages.message.status_update' end,
      n % 20, 'uuid-' || n, 'delivered', '{"type":"messages.message.status_update"}',
      case n % 1000 when 3 then 'dead' else 'delivered' end, 1, ${at}
    from c`.execute(executor)
  await sql`insert into opt_outs (recipient_number, sender_key, class, keyword, opted_out_at)
    ${numbers} select '+1601' || (5000000 + n), 'MG00000000000000000000000000000001', 'messages', 'STOP', ${at}
    from c`.execute(executor)
}
