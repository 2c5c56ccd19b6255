import { createMockZoom } from '../../mock-zoom/app.ts'
import { developmentAccountSeed } from '../../mock-zoom/development-account.ts'
import { serveQuestions } from '../target-process.ts'

// mock-zoom as it comes, telling the application under WEBHOOK_URL. What it asks for is how long events took from
// happening to being taken, and how many have not been taken yet.
const mock = await createMockZoom({
  accounts: [developmentAccountSeed(process.env['WEBHOOK_URL'])],
  retention: 10_000
})
/** When events of one session and one name happened that have not been taken yet. */
const happened = new Map<string, number[]>()
let unfinished = 0
let took: number[] = []
mock.world().journal.listen(({ kind, event, sid }) => {
  if (kind !== 'event' && kind !== 'webhook.delivered') return
  const key = `${String(sid)} ${String(event)}`
  const waiting = happened.get(key) ?? []
  if (kind === 'event') {
    unfinished++
    happened.set(key, [...waiting, performance.now()])
    return
  }
  unfinished--
  const [first = Number.NaN, ...others] = waiting
  took.push(performance.now() - first)
  if (others.length === 0) happened.delete(key)
  else happened.set(key, others)
})
const url = await mock.app.listen({ host: '127.0.0.1', port: 0 })
serveQuestions(url, {
  unfinished: () => unfinished,
  took: () => {
    const taken = took
    took = []
    return taken
  }
})
