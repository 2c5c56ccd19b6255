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
import type { Overtaking, Postponement } from '../lab/books.ts'
import { clockMs } from '../lab/clock-ms.ts'
import type { Scenario } from '../lab/lab.ts'
import { sendMessage } from '../lab/messages.ts'
import { figure, nothingMeasured, within } from '../lab/result.ts'

const firstHigh = 1_000_000
/**
 * Of texts of announcements a worker has 48 on their way to the provider, see `startWorkers`; a few take the
 * places of those that arrive while the message is claimed.
 */
const onTheirWay = 64

/** Somebody's child is ill while the whole district hears of the snow. */
export const priorityUnderFlood: Scenario = {
  name: 'priority-under-flood',
  promise:
    'A high-priority message overtakes an announcement that drains: only what is already on its way to the provider arrives before it',
  async run(lab) {
    const flood = lab.recipients ?? (lab.quick ? 2_000 : 8_000)
    const count = lab.quick ? 5 : 20
    const product = await lab.startServer()
    await warmUp(product)

    const idle = { count, startedAt: clockMs() + 100, intervalMs: 150 }
    await product.expect([{ name: 'idle', first: firstHigh, ...idle }])
    await arrive(idle, place => sendMessage(product, firstHigh + place, { priority: 'high' }))
    await waitForAll(product, count)
    const idleBooks = await product.books()
    await vitalsOf(product)

    const startedAt = clockMs()
    const due = { count, startedAt: startedAt + 1_500, intervalMs: lab.quick ? 100 : 150 }
    const first = firstHigh + count
    await product.expect([
      { name: 'flood', first: 0, count: flood, startedAt, intervalMs: 0 },
      { name: 'high', first, ...due }
    ])
    await announce(product, 'flood', 0, flood)
    // None is sent before the flood is on its way.
    while ((await product.progress()).atProvider === 0) await pause(10)
    due.startedAt = Math.max(due.startedAt, clockMs())
    const postponement: Postponement = { name: 'high', startedAt: due.startedAt }
    await product.world.ask('postpone', postponement)
    const acceptedAt: number[] = []
    await arrive(due, async place => {
      await sendMessage(product, first + place, { priority: 'high' })
      acceptedAt[place] = clockMs()
    })
    const during = await product.progress()
    await waitForAll(product, flood + count, 30_000)
    await pause(500)
    const asked = acceptedAt.map((since, place): Overtaking => ({
      name: 'high',
      place,
      since,
      overtaken: 'flood'
    }))
    const overtaken = (await product.world.ask('overtaken', asked)) as number[]
    const books = await product.books()
    const [, high] = books.accounts
    const [quiet] = idleBooks.accounts
    if (!high || !quiet) throw new Error('Nobody kept the books')
    const atOnce = onTheirWay * Math.max(1, product.workers.length)
    return {
      ...nothingMeasured(),
      parameters: { flood, 'high-priority messages': count },
      figures: [
        figure('to the provider while idle, p50', quiet.toProvider.p50Ms, 'ms'),
        figure('to the provider under the flood, p50', high.toProvider.p50Ms, 'ms'),
        figure('to the provider under the flood, longest', high.toProvider.maxMs, 'ms'),
        figure('texts of the flood that went before, most', Math.max(...overtaken), '')
      ],
      ratios: [
        {
          name: 'speed under the flood beside an idle server',
          value: quiet.toProvider.p50Ms / high.toProvider.p50Ms,
          measured: 1_000 / high.toProvider.p50Ms,
          floor: 1_000 / quiet.toProvider.p50Ms,
          unit: '/s',
          tolerance: 0.7
        }
      ],
      promises: [
        ...balanced(books),
        ...(await ledgerPromises(product, 'flood', { accepted: flood, sent: flood })),
        {
          name: 'the flood was still draining after the last high-priority message',
          kept: during.atProvider < flood,
          told: `${during.atProvider} of ${flood} were with the provider`
        },
        within(
          'texts of the flood that went between acceptance and arrival',
          Math.max(...overtaken),
          atOnce,
          'texts'
        )
      ],
      books: [...idleBooks.accounts, ...books.accounts],
      latencies: [
        { name: 'high, idle: to the provider', latencies: quiet.toProvider },
        { name: 'high, flood: to the provider', latencies: high.toProvider },
        { name: "high, flood: to the client's receipt", latencies: high.toClient }
      ],
      vitals: await vitalsOf(product),
      progress: books.progress
    }
  }
}
