import { createApp, createDeps, startWorkers } from './app.ts'
import { readConfig } from './config.ts'
import { createLog } from './platform/log.ts'
import { chooseClock, closeOnSignal, keepHeapSmall } from './process.ts'
import { seedFirstKey } from './seed.ts'

// The server process: the API, and the workers too unless they run apart.
keepHeapSmall()
const config = readConfig(process.env)
const log = createLog(config.LOG_LEVEL)
const deps = await createDeps({ config, clock: await chooseClock(config), log })
await deps.database.migrate()
await seedFirstKey(deps)
const app = await createApp(deps)
const workers = config.WORKERS === 'internal' ? startWorkers(deps) : undefined

closeOnSignal(log, async () => {
  await app.close()
  await workers?.stop()
  await deps.close()
})
await app.listen({ port: config.PORT, host: config.HOST })
log.info({ url: config.PUBLIC_URL, workers: config.WORKERS }, 'listening')
