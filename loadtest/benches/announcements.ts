import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { announce, pause, waitForAll, warmUp } from '../lab/announce.ts'
import { clockMs } from '../lab/clock-ms.ts'
import { type System, startSystem } from '../lab/system.ts'
import { print, quick, type Rate, rounds, row } from '../measure.ts'
import { startTarget } from '../target-process.ts'

const accepted = quick ? 20_000 : 100_000
const sent = quick ? 1_000 : 5_000

/** Announcements: how fast recipients are taken in, and how fast they are reached. */
export async function benchAnnouncements(): Promise<void> {
  await acceptance()
  await fanOut()
}

/** Recipients into durable storage, beside a prepared insert of as many rows. */
async function acceptance(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-announcements-'))
  const floor = await startTarget('bare-insert', { FLOOR_FILE: join(directory, 'floor.sqlite') })
  const product = await startSystem({ bare: false, workers: 0, environment: { CONSUME: 'no' } })
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
      rates.product.push(
        await rateOf(product, accepted, async () => {
          await announce(product, `accepted-${round}`, 0, accepted)
        })
      )
    }
  } finally {
    await floor.stop()
    await product.stop()
    await rm(directory, { recursive: true, force: true })
  }
  print(
    `Accepting ${accepted} recipients of an announcement in one JSON request, SQLite, synchronous NORMAL`,
    [
      row('prepared insert of as many rows (floor)', rates.floor, rates.floor),
      row('server: received, checked, stored', rates.product, rates.floor)
    ]
  )
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

async function rateOf(system: System, count: number, work: () => Promise<void>): Promise<Rate> {
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
