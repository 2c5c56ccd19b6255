import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { announce, ledgerOf, pause, waitForAll, warmUp } from '../lab/announce.ts'
import { clockMs } from '../lab/clock-ms.ts'
import { type System, startSystem } from '../lab/system.ts'
import { print, quick, type Rate, rounds, row } from '../measure.ts'
import { startTarget } from '../target-process.ts'

const accepted = quick ? 20_000 : 100_000
const sent = quick ? 1_000 : 5_000

/** Announcements: how fast recipients are taken in, and how fast they are reached. */
export async function benchAnnouncements(): Promise<void> {
  await acceptance()
  await insertion()
  await fanOut()
}

/** Recipients into durable storage, beside a prepared insert of as many rows. */
async function acceptance(): Promise<void> {
  const system = await startSystem({ bare: false, workers: 0, environment: { CONSUME: 'no' } })
  const rates = await besideInserts(system, id => announce(system, id, 0, accepted))
  print(
    `Accepting ${accepted} recipients of an announcement in one JSON request, SQLite, synchronous NORMAL`,
    [
      row('prepared insert of as many rows (floor)', rates.floor, rates.floor),
      row('server: received, checked, stored', rates.product, rates.floor)
    ]
  )
}

/** Recipients made messages, of an announcement whose time comes long after, so that nothing is sent. */
async function insertion(): Promise<void> {
  const system = await startSystem({ bare: false, workers: 0 })
  const rates = await besideInserts(system, async id => {
    await announce(system, id, 0, accepted, { send_at: '2090-01-01T00:00:00Z' })
    while ((await ledgerOf(system, id)).waiting > 0) await pause(50)
  })
  print(
    `Making messages of ${accepted} recipients of an announcement, SQLite, synchronous NORMAL`,
    [
      row('prepared insert of as many rows (floor)', rates.floor, rates.floor),
      row(
        'server: received, stored, doubles and opt-outs taken out, inserted',
        rates.product,
        rates.floor
      )
    ]
  )
}

/** Measures what a server does with `accepted` recipients in turns with a prepared insert of as many rows. */
async function besideInserts(
  product: System,
  work: (id: string) => Promise<unknown>
): Promise<Record<'floor' | 'product', Rate[]>> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-announcements-'))
  const floor = await startTarget('bare-insert', { FLOOR_FILE: join(directory, 'floor.sqlite') })
  const rates: Record<'floor' | 'product', Rate[]> = { floor: [], product: [] }
  try {
    await floor.ask('insert', 1_000)
    await announce(product, 'warm-up', 0, 1_000)
    for (let round = 0; round < rounds; round++) {
      const before = await floor.usage()
      const perSecond = Number(await floor.ask('insert', accepted))
      const after = await floor.usage()
      rates.floor.push({
        perSecond,
        perCpuSecond: accepted / ((after.cpuMs - before.cpuMs) / 1_000),
        p99Ms: Number.NaN,
        rssMb: after.rssBytes / 1_048_576
      })
      rates.product.push(await rateOf(product, accepted, () => work(`round-${round}`)))
    }
  } finally {
    await floor.stop()
    await product.stop()
    await rm(directory, { recursive: true, force: true })
  }
  return rates
}

/** Everybody sent to, two callbacks taken and two events delivered for each, beside the bare exchanges. */
async function fanOut(): Promise<void> {
  const floor = await startSystem({ bare: true, workers: 0 })
  const product = await startSystem({ bare: false, workers: 0 })
  const rates: Record<'floor' | 'product', Rate[]> = { floor: [], product: [] }
  try {
    await warmUp(floor)
    await warmUp(product)
    for (let round = 0; round < rounds; round++) {
      const first = round * sent
      rates.floor.push(await reach(floor, first))
      rates.product.push(await reach(product, first))
    }
  } finally {
    await floor.stop()
    await product.stop()
  }
  print(`Fan-out of an announcement to ${sent} recipients, SQLite, one process`, [
    row('bare pipeline of the same exchanges (floor)', rates.floor, rates.floor),
    row('server, synchronous NORMAL', rates.product, rates.floor)
  ])
}

async function reach(system: System, first: number): Promise<Rate> {
  return rateOf(system, sent, async () => {
    const startedAt = clockMs()
    await system.expect([{ name: 'recipients', first, count: sent, startedAt, intervalMs: 0 }])
    await announce(system, `fan-out-${first}`, first, sent)
    if (!(await waitForAll(system, sent))) throw new Error('Not everybody was reached')
  })
}

async function rateOf(system: System, count: number, work: () => Promise<unknown>): Promise<Rate> {
  const cpuMs = await system.cpuMs()
  const startedAt = clockMs()
  await work()
  const tookMs = clockMs() - startedAt
  // The CPU that is counted is also what the server still has to write down.
  await pause(200)
  const usage = await system.server.usage()
  return {
    perSecond: count / (tookMs / 1_000),
    perCpuSecond: count / (((await system.cpuMs()) - cpuMs) / 1_000),
    p99Ms: Number.NaN,
    rssMb: usage.rssBytes / 1_048_576
  }
}
