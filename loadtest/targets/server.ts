import { sql } from 'kysely'
import { createApp, createDeps, startWorkers } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { systemClock } from '../../server/platform/clock.ts'
import { createLog } from '../../server/platform/log.ts'
import { keepHeapSmall } from '../../server/process.ts'
import { seedDevelopment } from '../../server/seed.ts'
import { announcementNumbers, segmentsPerSecond } from '../lab/recipients.ts'
import { serveQuestions } from '../target-process.ts'

// The product, seeded for offline work. CONSUME=no leaves the lanes alone, to measure acceptance by itself.
keepHeapSmall()
const config = readConfig({
  ...process.env,
  ALLOW_PRIVATE_CALLBACKS: 'true',
  RATE_LIMIT_PER_MINUTE: '100000000'
})
const deps = await createDeps({ config, clock: systemClock, log: createLog(config.LOG_LEVEL) })
await deps.database.migrate()
await seedDevelopment(deps, process.env['CALLBACK_URL'] ?? 'http://127.0.0.1:9/events')
await sql`insert into provider_numbers (messaging_service_id, number, sid, announcement_number,
    number_type, messages_per_second, next_slot_at, next_send_at, created_at)
  select s.id, n.number, n.sid, ${deps.database.dialect === 'postgresql' ? sql`true` : sql`1`},
    'long_code', ${sql.lit(segmentsPerSecond)}, 0, 0, 0
  from messaging_services s, (${sql.join(
    announcementNumbers.map(
      ({ number, sid }) => sql`select ${sql.lit(number)} as number, ${sql.lit(sid)} as sid`
    ),
    sql` union all `
  )}) n`.execute(deps.database.sql)
const app = await createApp(deps)
if (process.env['CONSUME'] !== 'no' && config.WORKERS === 'internal') startWorkers(deps)
serveQuestions(await app.listen({ host: '127.0.0.1', port: config.PORT }))
