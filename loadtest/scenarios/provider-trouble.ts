import {
  announce,
  balanced,
  ledgerPromises,
  pause,
  vitalsOf,
  waitForAll,
  warmUp
} from '../lab/announce.ts'
import { clockMs } from '../lab/clock-ms.ts'
import { addFaults, faultsApplied } from '../lab/faults.ts'
import type { Scenario } from '../lab/lab.ts'
import { figure, nothingMeasured } from '../lab/result.ts'

const match = { operation: 'create-message' }

/** The provider is busy, fails, and loses answers, each for a while. */
export const providerBrownOut: Scenario = trouble({
  name: 'provider-brown-out',
  promise:
    'While the provider throttles (429), fails (500) and loses answers, nobody is missed and nobody is texted twice',
  environment: { RECONCILE_AFTER_MS: '1000' },
  faults: {
    '429s': {
      match,
      effect: { type: 'http', status: 429, retry_after: 1 },
      probability: 0.2,
      for: 'PT4S'
    },
    '500s': { match, effect: { type: 'http', status: 500 }, probability: 0.1, for: 'PT4S' },
    'lost answers': {
      match,
      effect: { type: 'connection', fault: 'answer_lost' },
      probability: 0.03,
      count: 50
    }
  }
})

/** Callbacks come twice, in the wrong order, or never. */
export const callbackStorm: Scenario = trouble({
  name: 'callback-storm',
  promise:
    'However often and in whatever order status callbacks come, or when they are lost, the client hears of each delivery once and never backwards',
  environment: { STATUS_CHECK_AFTER_MS: '3000' },
  faults: {
    'lost callbacks': {
      effect: { type: 'callback', fault: 'drop', status: 'delivered' },
      probability: 0.05
    },
    'repeated callbacks': {
      effect: { type: 'callback', fault: 'duplicate', times: 4 },
      probability: 0.3
    },
    'callbacks out of order': { effect: { type: 'callback', fault: 'reorder' }, probability: 0.2 }
  }
})

function trouble({
  name,
  promise,
  environment,
  faults
}: {
  name: string
  promise: string
  environment: Record<string, string>
  faults: Record<string, object>
}): Scenario {
  return {
    name,
    promise,
    async run(lab) {
      const recipients = lab.recipients ?? (lab.quick ? 400 : 2_000)
      const product = await lab.startServer(environment)
      await warmUp(product)
      await addFaults(product, Object.values(faults))
      const startedAt = clockMs()
      await product.expect([
        { name: 'recipients', first: 0, count: recipients, startedAt, intervalMs: 0 }
      ])
      await announce(product, name, 0, recipients)
      await waitForAll(product, recipients, 45_000)
      // What comes late comes twice.
      await pause(1_500)
      const books = await product.books()
      const applied = await faultsApplied(product)
      const [account] = books.accounts
      if (!account) throw new Error('Nobody kept the books')
      return {
        ...nothingMeasured(),
        parameters: { recipients },
        figures: [
          ...Object.keys(faults).map((fault, place) => figure(fault, applied[place] ?? 0, '')),
          figure('all told within', (account.lastToldAt - startedAt) / 1_000, 's')
        ],
        promises: [
          ...balanced(books),
          ...(await ledgerPromises(product, name, { accepted: recipients, sent: recipients })),
          {
            name: 'there was trouble of every kind',
            kept: applied.length > 0 && applied.every(times => times > 0),
            told: applied.join(', ')
          }
        ],
        books: books.accounts,
        latencies: [
          { name: 'to the provider', latencies: account.toProvider },
          { name: "to the client's receipt", latencies: account.toClient }
        ],
        vitals: await vitalsOf(product),
        progress: books.progress
      }
    }
  }
}
