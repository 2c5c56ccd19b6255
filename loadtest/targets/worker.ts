import { createDeps, startWorkers } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { systemClock } from '../../server/platform/clock.ts'
import { createLog } from '../../server/platform/log.ts'
import { keepHeapSmall } from '../../server/process.ts'
import { serveQuestions } from '../target-process.ts'

// A worker of the product, beside a server that leaves the lanes alone.
keepHeapSmall()
const config = readConfig({ ...process.env, ALLOW_PRIVATE_CALLBACKS: 'true' })
const deps = await createDeps({ config, clock: systemClock, log: createLog(config.LOG_LEVEL) })
startWorkers(deps)
serveQuestions('')
