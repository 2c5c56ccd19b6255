import { createApp, createDeps } from '../server/app.ts'
import { readConfig } from '../server/config.ts'
import { systemClock } from '../server/platform/clock.ts'
import { createLog } from '../server/platform/log.ts'

/** The OpenAPI document as text. The app is built on a database in memory and does not listen. */
export async function apiDocument(): Promise<string> {
  const config = readConfig({ DATABASE_URL: 'sqlite::memory:', LOG_LEVEL: 'silent' })
  const deps = await createDeps({ config, clock: systemClock, log: createLog('silent') })
  await deps.database.migrate()
  const app = await createApp(deps)
  try {
    await app.ready()
    return `${JSON.stringify(app.swagger(), null, 2)}\n`
  } finally {
    await app.close()
    await deps.close()
  }
}
