import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'

import { VirtualClock } from './clock.ts'
import { followClock } from './follow-clock.ts'

test('a clock goes where another one stands, and what comes due on the way happens in order', async t => {
  const shown = new VirtualClock({ mode: 'frozen', start: 1_000_000 })
  const server = createServer((_request, response) => {
    response.end(JSON.stringify(shown.describe()))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const clock = new VirtualClock({ start: 0 })
  const follower = followClock(clock, `http://127.0.0.1:${port}`, 3_600_000)
  t.after(() => {
    follower.stop()
    clock.stop()
    server.closeAllConnections()
    server.close()
  })
  const seen: number[] = []

  await follower.look()
  clock.setTimer(60_000, () => seen.push(clock.now()))
  clock.setTimer(30_000, () => seen.push(clock.now()))
  await shown.advance('1 h')
  await follower.look()
  const later = clock.now()
  shown.set(5000)
  await follower.look()

  assert.deepEqual(seen, [1_030_000, 1_060_000])
  assert.equal(later, 4_600_000)
  assert.equal(clock.now(), 5000)
  assert.equal(clock.isFrozen, true)
})
