import { createMockTwilio } from '../mock-twilio/app.ts'
import { developmentAccountSeed } from '../mock-twilio/development-account.ts'
import type { AccountSeed } from '../mock-twilio/seeds.ts'
import { createMockZoom } from '../mock-zoom/app.ts'
import { developmentAccountSeed as zoomAccountSeed } from '../mock-zoom/development-account.ts'
import { createApp, createDeps, startWorkers } from '../server/app.ts'
import { readConfig } from '../server/config.ts'
import { createLog } from '../server/platform/log.ts'
import { examples } from '../server/examples.ts'
import { development, developmentToken, seedDevelopment } from '../server/seed.ts'
import { seedExamples } from '../server/seed-examples.ts'
import { createClientApp } from '../simulator/client-app.ts'
import { VirtualClock } from '../simulator/clock.ts'

/** Server, mock-twilio, mock-zoom and a client application in one process, on one clock. */
export interface Stack {
  urls: { server: string; twilio: string; zoom: string; clientApp: string }
  development: { token: string; numbers: string[]; parentNumber: string }
  close(): Promise<void>
}

const host = '127.0.0.1'

/**
 * Starts the offline stack on its fixed ports (3000, 4010, 4020, 4030; `PORT`, `MOCK_TWILIO_PORT`,
 * `MOCK_ZOOM_PORT` and `CLIENT_APP_PORT` choose others, 0 any free one). Other settings are the server's.
 */
export async function startStack(environment: NodeJS.ProcessEnv): Promise<Stack> {
  const clock = new VirtualClock()
  const clientApp = createClientApp({
    username: development.callbackUsername,
    password: development.callbackPassword,
    signingSecret: development.signingSecret
  })
  const clientAppUrl = await clientApp.app.listen({
    host,
    port: portFrom(environment['CLIENT_APP_PORT'], 4030)
  })

  const serverPort = portFrom(environment['PORT'], 3000)
  const serverUrl = `http://${host}:${serverPort}`
  const mock = await createMockTwilio({
    clock,
    accounts: [
      withTargetService(developmentAccountSeed(`${serverUrl}/api/v1/twilio_requests/inbound`))
    ]
  })
  const twilioUrl = await mock.app.listen({
    host,
    port: portFrom(environment['MOCK_TWILIO_PORT'], 4010)
  })
  const mockZoom = await createMockZoom({
    clock,
    accounts: [zoomAccountSeed(`${serverUrl}/api/v1/zoom_webhooks`)]
  })
  const zoomUrl = await mockZoom.app.listen({
    host,
    port: portFrom(environment['MOCK_ZOOM_PORT'], 4020)
  })

  const config = readConfig({
    LOG_LEVEL: 'warn',
    ALLOW_PRIVATE_CALLBACKS: 'true',
    ...environment,
    PORT: String(serverPort),
    HOST: host,
    PUBLIC_URL: serverUrl,
    TWILIO_MODE: 'mock',
    TWILIO_BASE_URL: twilioUrl,
    ...(environment['ZOOM_MODE'] !== 'off' && { ZOOM_MODE: 'mock', ZOOM_BASE_URL: zoomUrl })
  })
  const deps = await createDeps({ config, clock, log: createLog(config.LOG_LEVEL) })
  await deps.database.migrate()
  await seedDevelopment(deps, `${clientAppUrl}/events`)
  await seedExamples(deps)
  const app = await createApp(deps)
  const workers = startWorkers(deps)
  await app.listen({ host, port: serverPort })

  return {
    urls: { server: serverUrl, twilio: twilioUrl, zoom: zoomUrl, clientApp: clientAppUrl },
    development: {
      token: developmentToken,
      numbers: development.numbers.map(({ number }) => number),
      parentNumber: development.parentNumber
    },
    async close() {
      await app.close()
      await workers.stop()
      await mock.close()
      await mockZoom.close()
      await clientApp.close()
      await deps.close()
      clock.stop()
    }
  }
}

/** The messaging service that the documented example moves a number to. */
const withTargetService = (account: AccountSeed): AccountSeed => ({
  ...account,
  messaging_services: [
    ...(account.messaging_services ?? []),
    { sid: examples.targetServiceSid, friendly_name: 'Second district' }
  ]
})

const portFrom = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : Number(text)
