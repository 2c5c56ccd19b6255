import { development } from '../../server/seed.ts'
import { freePort } from '../../simulator/free-port.ts'
import {
  announce,
  balanced,
  ledgerPromises,
  pause,
  vitalsOf,
  waitForAll,
  warmUp
} from '../lab/announce.ts'
import { arrive } from '../lab/arrivals.ts'
import { clockMs } from '../lab/clock-ms.ts'
import type { Scenario } from '../lab/lab.ts'
import { sendMessage } from '../lab/messages.ts'
import { figure, nothingMeasured, within } from '../lab/result.ts'
import type { System } from '../lab/system.ts'

const firstOfNeighbour = 1_000_000
const environment = { CLIENT_EVENT_RETRY_SCHEDULE: '200ms,500ms,1s,2s,4s,8s,16s' }

interface Behaviour {
  status?: number
  delayMs?: number
}

/** A client that answers each event late. */
export const slowClient: Scenario = misbehaving({
  name: 'slow-client',
  promise:
    "A client whose endpoint is slow hears of everybody, and holds no other client's events back",
  behaviour: { delayMs: 500 },
  badForMs: Number.POSITIVE_INFINITY
})

/** A client that refuses every event, and comes round. */
export const failingClient: Scenario = misbehaving({
  name: 'failing-client',
  promise:
    "A client whose endpoint fails for a while hears of everybody when it is back, and holds no other client's events back",
  behaviour: { status: 503 },
  badForMs: 3_000
})

function misbehaving({
  name,
  promise,
  behaviour,
  badForMs
}: {
  name: string
  promise: string
  behaviour: Behaviour
  badForMs: number
}): Scenario {
  return {
    name,
    promise,
    async run(lab) {
      const recipients = lab.recipients ?? (lab.quick ? 300 : 1_000)
      const count = lab.quick ? 30 : 100
      const product = await lab.startServer(environment)
      await warmUp(product)
      const token = await neighbourOf(product)

      const idle = { count, startedAt: clockMs() + 100, intervalMs: 50 }
      await product.expect([{ name: 'neighbour alone', first: firstOfNeighbour, ...idle }])
      await arrive(idle, place => sendMessage(product, firstOfNeighbour + place, {}, token))
      await waitForAll(product, count)
      const idleBooks = await product.books()
      await vitalsOf(product)

      await product.world.ask('behave', behaviour)
      const startedAt = clockMs()
      const first = firstOfNeighbour + count
      const due = { count, startedAt: startedAt + 1_000, intervalMs: 50 }
      await product.expect([
        { name: 'announcement', first: 0, count: recipients, startedAt, intervalMs: 0 },
        { name: 'neighbour', first, ...due }
      ])
      await announce(product, 'announcement', 0, recipients)
      await Promise.all([
        arrive(due, place => sendMessage(product, first + place, {}, token)),
        Number.isFinite(badForMs) && pause(badForMs).then(() => product.world.ask('behave', {}))
      ])
      await waitForAll(product, recipients + count, 40_000)
      await pause(500)
      const books = await product.books()
      const [, neighbour] = books.accounts
      const [alone] = idleBooks.accounts
      if (!neighbour || !alone) throw new Error('Nobody kept the books')
      return {
        ...nothingMeasured(),
        parameters: { recipients, "messages of the neighbour's": count, ...behaviour },
        figures: [
          figure('neighbour alone: told, p50', alone.toClient.p50Ms, 'ms'),
          figure('neighbour: told, p50', neighbour.toClient.p50Ms, 'ms'),
          figure('neighbour: told, p99', neighbour.toClient.p99Ms, 'ms')
        ],
        ratios: [],
        promises: [
          ...balanced(books),
          ...(await ledgerPromises(product, 'announcement', {
            accepted: recipients,
            sent: recipients
          })),
          within(
            'neighbour: told, p99 from the intended start',
            neighbour.toClient.p99Ms,
            5_000,
            'ms'
          )
        ],
        books: [...idleBooks.accounts, ...books.accounts],
        latencies: [
          { name: 'neighbour alone', latencies: alone.toClient },
          { name: 'neighbour', latencies: neighbour.toClient },
          { name: 'announcement', latencies: books.accounts[0]?.toClient ?? alone.toClient }
        ],
        vitals: await vitalsOf(product),
        progress: books.progress
      }
    }
  }
}

/** Another application with an endpoint of its own, which behaves. @returns its token */
async function neighbourOf(system: System): Promise<string> {
  const port = await freePort()
  const bearer = await system.request('POST', '/admin/bearers', {
    body: {
      bearer_name: 'The neighbour',
      bearer_type: 'Application',
      callback_url: `http://127.0.0.1:${port}/events`,
      username: development.callbackUsername,
      password: development.callbackPassword
    }
  })
  const signingSecret = bearer.body['signing_secret']
  await system.world.ask('open client', { port, signingSecret })
  const key = await system.request('POST', '/admin/api_keys', {
    body: { bearer_id: bearer.body['id'] }
  })
  return String(key.body['token'])
}
