import { createDeps, startWorkers } from './app.ts'
import { readConfig } from './config.ts'
import { createLog } from './platform/log.ts'
import { chooseClock, closeOnSignal, keepHeapSmall } from './process.ts'

// A worker process: consumes the lanes of a shared database. The server migrates it.
keepHeapSmall()
const config = readConfig(process.env)
const log = createLog(config.LOG_LEVEL)
const deps = await createDeps({ config, clock: await chooseClock(config), log })
const workers = startWorkers(deps)

closeOnSignal(log, async () => {
  await workers.stop()
  await deps.close()
})
log.info('consuming')
