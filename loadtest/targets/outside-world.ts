import { createMockTwilio } from '../../mock-twilio/app.ts'
import { developmentAccountSeed } from '../../mock-twilio/development-account.ts'
import { createClientApp } from '../../simulator/client-app.ts'
import { development } from '../../server/seed.ts'
import { serveQuestions } from '../target-process.ts'

// Everything outside the server: the provider, delivering at once, and the client application.
const mock = await createMockTwilio({
  accounts: [{ ...developmentAccountSeed(), profile: 'instant' }],
  retention: 200_000
})
await mock.app.listen({ host: '127.0.0.1', port: Number(process.env['MOCK_PORT']) })
const clientApp = createClientApp({
  username: development.callbackUsername,
  password: development.callbackPassword,
  signingSecret: development.signingSecret,
  retention: 1_000
})
let delivered = 0
clientApp.onEvent(event => {
  if (event.payload['internal_status'] === 'delivered') delivered += 1
})
const url = await clientApp.app.listen({
  host: '127.0.0.1',
  port: Number(process.env['CLIENT_APP_PORT'])
})
serveQuestions(url, { delivered: () => delivered })
