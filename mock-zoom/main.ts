import { VirtualClock } from '../simulator/clock.ts'
import { followClock } from '../simulator/follow-clock.ts'
import { createMockZoom } from './app.ts'
import { developmentAccount, developmentAccountSeed } from './development-account.ts'

/*
 * The mock as a process of its own.
 *
 *   PORT                    where it listens, 4020
 *   HOST                    the address it listens on, 127.0.0.1
 *   LOG_LEVEL               pino's levels, info
 *   MOCK_SEED               of all ids and outcomes
 *   MOCK_WEBHOOK_URL        where the development account's events go
 *   MOCK_DOWNLOAD_BASE_URL  where recordings are said to lie; this process, when absent
 *   MOCK_SNAPSHOTS          the directory of snapshots that are written and read by name; none, when absent
 *   MOCK_CLOCK              real (default) or frozen
 *   CLOCK_URL               another mock's /_mock/clock, to live at its time
 */
const { env } = process
const clock = new VirtualClock({ mode: env['MOCK_CLOCK'] === 'frozen' ? 'frozen' : 'real' })
const mock = await createMockZoom({
  clock,
  logger: { level: env['LOG_LEVEL'] ?? 'info' },
  accounts: [developmentAccountSeed(env['MOCK_WEBHOOK_URL'] ?? developmentAccount.webhookUrl)],
  ...(env['MOCK_SEED'] === undefined ? {} : { seed: env['MOCK_SEED'] }),
  ...(env['MOCK_SNAPSHOTS'] === undefined ? {} : { snapshots: env['MOCK_SNAPSHOTS'] }),
  ...(env['MOCK_DOWNLOAD_BASE_URL'] === undefined
    ? {}
    : { downloadBaseUrl: env['MOCK_DOWNLOAD_BASE_URL'] })
})

const follower = env['CLOCK_URL'] === undefined ? undefined : followClock(clock, env['CLOCK_URL'])

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    follower?.stop()
    void mock.close()
  })
}

await mock.app.listen({ port: Number(env['PORT'] ?? 4020), host: env['HOST'] ?? '127.0.0.1' })
