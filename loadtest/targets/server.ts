import { createApp, createDeps, startWorkers } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { systemClock } from '../../server/platform/clock.ts'
import { createLog } from '../../server/platform/log.ts'
import { seedDevelopment } from '../../server/seed.ts'
import { serveQuestions } from '../target-process.ts'

// The product, seeded for offline work. CONSUME=no leaves the lanes alone, to measure acceptance by itself.
const config = readConfig({
  ...process.env,
  ALLOW_PRIVATE_CALLBACKS: 'true',
  RATE_LIMIT_PER_MINUTE: '100000000'
})
const deps = await createDeps({ config, clock: systemClock, log: createLog(config.LOG_LEVEL) })
await deps.database.migrate()
await seedDevelopment(deps, process.env['CALLBACK_URL'] ?? 'http://127.0.0.1:9/events')
const app = await createApp(deps)
if (process.env['CONSUME'] !== 'no') startWorkers(deps)
serveQuestions(await app.listen({ host: '127.0.0.1', port: config.PORT }))
