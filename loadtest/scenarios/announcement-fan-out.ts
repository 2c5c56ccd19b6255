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
import type { Scenario } from '../lab/lab.ts'
import { figure, nothingMeasured, type Ratio } from '../lab/result.ts'
import type { System } from '../lab/system.ts'

const name = 'recipients'

/** Everybody is reached once, whoever counts: provider, client and ledger. */
export const fanOut = (label: string, recipients: number): Scenario => ({
  name: `fan-out-${label}`,
  promise: `Each of ${recipients.toLocaleString('en')} recipients of an announcement is reached once, and the client is told of each`,
  async run(lab) {
    const bare = await lab.startBare()
    const product = await lab.startServer()
    await warmUp(bare)
    await warmUp(product)
    const floors = [await run(bare, 'floor-1', recipients)]
    await vitalsOf(product)
    const measured = await run(product, 'fan-out', recipients)
    const vitals = await vitalsOf(product)
    const books = await product.books()
    const callbacks = (await product.world.ask('callbacks')) as {
      delivered: number
      failed: number
    }
    const ledger = await ledgerPromises(product, 'fan-out', {
      accepted: recipients,
      sent: recipients
    })
    floors.push(await run(bare, 'floor-2', recipients))
    return {
      ...nothingMeasured(),
      parameters: { recipients },
      figures: [
        figure('recipients a second', measured.perSecond, '/s'),
        figure('recipients a CPU-second of the server', measured.perCpuSecond, '/s'),
        figure('accepted within', measured.acceptedMs, 'ms'),
        figure('all told within', measured.seconds, 's'),
        figure('callbacks that the server did not take', callbacks.failed, '')
      ],
      ratios: [
        ratio('recipients a second', measured.perSecond, mean(floors, 'perSecond'), 0.35),
        ratio('recipients a CPU-second', measured.perCpuSecond, mean(floors, 'perCpuSecond'), 0.25)
      ],
      promises: [...balanced(books), ...ledger],
      books: books.accounts,
      latencies: books.accounts.flatMap(account => [
        { name: 'to the provider', latencies: account.toProvider },
        { name: "to the client's receipt", latencies: account.toClient }
      ]),
      vitals,
      progress: books.progress
    }
  }
})

interface Pace {
  perSecond: number
  perCpuSecond: number
  acceptedMs: number
  seconds: number
}

async function run(system: System, id: string, recipients: number): Promise<Pace> {
  const startedAt = clockMs()
  const cpuMs = await system.cpuMs()
  await system.expect([{ name, first: 0, count: recipients, startedAt, intervalMs: 0 }])
  await announce(system, id, 0, recipients)
  const acceptedMs = clockMs() - startedAt
  await waitForAll(system, recipients)
  const { accounts } = await system.books()
  const seconds = ((accounts[0]?.lastToldAt ?? Number.NaN) - startedAt) / 1_000
  // What comes late comes twice.
  await pause(500)
  const usedMs = (await system.cpuMs()) - cpuMs
  return {
    perSecond: recipients / seconds,
    perCpuSecond: recipients / (usedMs / 1_000),
    acceptedMs,
    seconds
  }
}

const mean = (paces: Pace[], field: 'perSecond' | 'perCpuSecond'): number =>
  paces.reduce((sum, pace) => sum + pace[field], 0) / paces.length

const ratio = (called: string, measured: number, floor: number, tolerance: number): Ratio => ({
  name: called,
  value: measured / floor,
  measured,
  floor,
  unit: '/s',
  target: 0.5,
  tolerance
})
