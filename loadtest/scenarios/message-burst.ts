import autocannon from 'autocannon'
import { developmentToken } from '../../server/seed.ts'
import { balanced, pause, vitalsOf, waitForAll, warmUp } from '../lab/announce.ts'
import { arrive } from '../lab/arrivals.ts'
import { clockMs } from '../lab/clock-ms.ts'
import { latenciesOf } from '../lab/latencies.ts'
import type { Scenario } from '../lab/lab.ts'
import { messageTo, sendMessage } from '../lab/messages.ts'
import { exactly, figure, nothingMeasured, within } from '../lab/result.ts'
import type { System } from '../lab/system.ts'

const connections = 50

/** First as fast as they are taken, beside the floor; then at a rate that waits for nobody. */
export const messageBurst: Scenario = {
  name: 'message-burst',
  promise:
    'Messages that come at a fixed rate, whether the server keeps up or not, are accepted at once and delivered once each',
  async run(lab) {
    const burst = lab.quick ? 1_000 : 4_000
    const perSecond = lab.quick ? 100 : 200
    const seconds = lab.quick ? 4 : 15
    const count = perSecond * seconds
    const bare = await lab.startBare()
    const product = await lab.startServer()
    await warmUp(bare)
    await warmUp(product)

    const floors = [await flood(bare, burst)]
    const flooded = await flood(product, burst)
    const floodBooks = await product.books()
    floors.push(await flood(bare, burst))
    await vitalsOf(product)

    const due = { count, startedAt: clockMs() + 200, intervalMs: 1_000 / perSecond }
    await product.expect([{ name: 'messages at a rate', first: 0, ...due }])
    const accepted = await arrive(due, place => sendMessage(product, place))
    await waitForAll(product, count)
    await pause(500)
    const books = await product.books()
    const acceptance = latenciesOf(accepted)
    const [account] = books.accounts
    if (!account) throw new Error('Nobody kept the books')
    const floor = (field: 'perSecond' | 'perCpuSecond'): number =>
      floors.reduce((sum, pace) => sum + pace[field], 0) / floors.length
    const unit = '/s'
    return {
      ...nothingMeasured(),
      parameters: {
        'messages at full speed': burst,
        connections,
        'messages at a rate': count,
        'a second': perSecond
      },
      figures: [
        figure('accepted, p99', acceptance.p99Ms, 'ms'),
        figure('told, p50', account.toClient.p50Ms, 'ms'),
        figure('told, p99', account.toClient.p99Ms, 'ms')
      ],
      ratios: [
        {
          name: 'round trips a second',
          value: flooded.perSecond / floor('perSecond'),
          measured: flooded.perSecond,
          floor: floor('perSecond'),
          unit,
          tolerance: 0.35
        },
        {
          name: 'round trips a CPU-second',
          value: flooded.perCpuSecond / floor('perCpuSecond'),
          measured: flooded.perCpuSecond,
          floor: floor('perCpuSecond'),
          unit,
          tolerance: 0.25
        }
      ],
      promises: [
        ...balanced({
          accounts: [...floodBooks.accounts, ...books.accounts],
          strangers: floodBooks.strangers + books.strangers
        }),
        exactly('messages at a rate: accepted', acceptance.count, count),
        within('accepted, p99 from the intended start', acceptance.p99Ms, 1_000, 'ms'),
        within('told, p99 from the intended start', account.toClient.p99Ms, 5_000, 'ms')
      ],
      books: [...floodBooks.accounts, ...books.accounts],
      latencies: [
        { name: 'to the acceptance', latencies: acceptance },
        { name: 'to the provider', latencies: account.toProvider },
        { name: "to the client's receipt", latencies: account.toClient }
      ],
      vitals: await vitalsOf(product),
      progress: books.progress
    }
  }
}

/** As many messages as fast as they are taken. */
async function flood(
  system: System,
  count: number
): Promise<{ perSecond: number; perCpuSecond: number }> {
  const first = 1_000_000
  const cpuMs = await system.cpuMs()
  const startedAt = clockMs()
  await system.expect([{ name: 'messages at full speed', first, count, startedAt, intervalMs: 0 }])
  let next = first
  const result = await autocannon({
    url: `${system.server.url}/api/v1/messages`,
    method: 'POST',
    connections,
    amount: count,
    headers: { authorization: `Bearer ${developmentToken}`, 'content-type': 'application/json' },
    requests: [
      { setupRequest: request => ({ ...request, body: JSON.stringify(messageTo(next++)) }) }
    ]
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} refusals and ${result.errors} errors`)
  await waitForAll(system, count)
  const { accounts } = await system.books()
  const seconds = ((accounts[0]?.lastToldAt ?? Number.NaN) - startedAt) / 1_000
  await pause(500)
  const usedMs = (await system.cpuMs()) - cpuMs
  return { perSecond: count / seconds, perCpuSecond: count / (usedMs / 1_000) }
}
