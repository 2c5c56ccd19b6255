import { VirtualClock } from '../simulator/clock.ts'
import { createMockTwilio } from './app.ts'
import { developmentAccount, developmentAccountSeed } from './development-account.ts'

/*
 * The mock as a process of its own.
 *
 *   PORT                  where it listens, 4010
 *   HOST                  the address it listens on, 127.0.0.1
 *   LOG_LEVEL             pino's levels, info
 *   MOCK_SEED             of all ids, delays and outcomes
 *   MOCK_SMS_URL          where the development numbers send what people text to them
 *   MOCK_MEDIA_BASE_URL   where inbound pictures are said to lie; this process, when absent
 *   MOCK_SNAPSHOTS        the directory of snapshots that are written and read by name; none, when absent
 *   MOCK_CLOCK            real (default) or frozen
 */
const { env } = process
const mock = await createMockTwilio({
  clock: new VirtualClock({ mode: env['MOCK_CLOCK'] === 'frozen' ? 'frozen' : 'real' }),
  logger: { level: env['LOG_LEVEL'] ?? 'info' },
  accounts: [developmentAccountSeed(env['MOCK_SMS_URL'] ?? developmentAccount.smsUrl)],
  ...(env['MOCK_SEED'] === undefined ? {} : { seed: env['MOCK_SEED'] }),
  ...(env['MOCK_SNAPSHOTS'] === undefined ? {} : { snapshots: env['MOCK_SNAPSHOTS'] }),
  ...(env['MOCK_MEDIA_BASE_URL'] === undefined
    ? {}
    : { hostedMediaBaseUrl: env['MOCK_MEDIA_BASE_URL'] })
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void mock.close()
  })
}

await mock.app.listen({ port: Number(env['PORT'] ?? 4010), host: env['HOST'] ?? '127.0.0.1' })
