import { createMockTwilio } from '../../mock-twilio/app.ts'
import { developmentAccountSeed } from '../../mock-twilio/development-account.ts'
import { type ClientApp, createClientApp } from '../../simulator/client-app.ts'
import { development } from '../../server/seed.ts'
import { keepBooks } from '../lab/books.ts'
import { announcementNumbers } from '../lab/recipients.ts'
import { serveQuestions } from '../target-process.ts'

// Everything outside the server: the provider, delivering at once, and the client applications.
const account = developmentAccountSeed()
const [service, ...services] = account.messaging_services ?? []
const numbersAlone = announcementNumbers.map(({ number }) => number)
const mock = await createMockTwilio({
  accounts: [
    {
      ...account,
      profile: 'instant',
      numbers: [
        ...(account.numbers ?? []),
        ...announcementNumbers.map(({ number, sid }) => ({ phone_number: number, sid }))
      ],
      messaging_services: service
        ? [
            { ...service, phone_numbers: [...(service.phone_numbers ?? []), ...numbersAlone] },
            ...services
          ]
        : []
    }
  ],
  retention: Number(process.env['MOCK_RETENTION'] ?? 200_000)
})
await mock.app.listen({ host: '127.0.0.1', port: Number(process.env['MOCK_PORT']) })

const books = keepBooks()
const callbacks = { delivered: 0, failed: 0 }
mock.world().journal.listen(({ kind, to, direction }) => {
  if (kind === 'message.created' && direction === 'outbound-api') books.reached(String(to))
  else if (kind === 'callback.delivered') callbacks.delivered += 1
  else if (kind === 'callback.failed') callbacks.failed += 1
})

let delivered = 0
function listenTo(clientApp: ClientApp): void {
  clientApp.onEvent(({ payload, eventId, answered }) => {
    const status = String(payload['internal_status'])
    // What was refused has not been heard.
    if (answered >= 300) return
    if (status === 'delivered') delivered += 1
    const number = payload['recipient_number'] ?? payload['receiver_number']
    books.heard({ number: String(number), status, eventId })
  })
}

const identity = {
  username: development.callbackUsername,
  password: development.callbackPassword,
  retention: 1_000
}
const clientApp = createClientApp({ ...identity, signingSecret: development.signingSecret })
listenTo(clientApp)
const url = await clientApp.app.listen({
  host: '127.0.0.1',
  port: Number(process.env['CLIENT_APP_PORT'])
})

serveQuestions(url, {
  ...books.answers,
  delivered: () => delivered,
  callbacks: () => callbacks,
  /** The client application of another bearer. */
  async 'open client'(argument) {
    const { port, signingSecret } = argument as { port: number; signingSecret: string }
    const another = createClientApp({ ...identity, signingSecret })
    listenTo(another)
    return another.app.listen({ host: '127.0.0.1', port })
  },
  /** How the first client application behaves from now on. */
  behave(argument) {
    const { status, delayMs } = argument as { status?: number; delayMs?: number }
    clientApp.answerWith(status, delayMs === undefined ? {} : { delayMs })
  }
})
