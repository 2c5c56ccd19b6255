import assert from 'node:assert/strict'
import { test } from 'node:test'
import { highLane } from '../../server/features/messages/lanes.ts'
import { build, onEachDatabase, until } from '../../server/testing/build.ts'

const flood = 5_000
/** Of the lane of normal messages, as `startWorkers` consumes it. */
const batchSize = 64
const maxInFlight = 128

onEachDatabase(dialect => {
  test(`a flood of ${flood} normal messages does not hold a high one back by more than one batch`, async t => {
    const server = await build(t, dialect)
    const journal = server.mock.world().journal
    for (let place = 0; place < flood; place += 100) {
      await Promise.all(
        Array.from({ length: 100 }, (_, offset) =>
          server.sendMessage({ receiver_number: receiver(place + offset), message_body: 'normal' })
        )
      )
    }
    const sent = () => journal.list({ match: { kind: 'message.created' }, limit: flood + 1 })

    const high = await server.sendMessage({ priority: 'high', message_body: 'high' })
    const before = sent().length
    await until('the high message to reach the provider', () =>
      sent().some(entry => entry['body'] === 'high')
    )
    const arrivals = sent().map(entry => entry['body'])

    assert.equal(high.status, 201)
    assert.ok(before < flood - 500, `the flood is still running: ${before} of ${flood} were sent`)
    const overtook = arrivals.indexOf('high') - before
    t.diagnostic(
      `${overtook} normal messages reached the provider between its acceptance and its arrival (${dialect})`
    )
    assert.ok(overtook <= batchSize + maxInFlight, `${overtook} normal messages went first`)
    assert.ok(
      (await server.deps.queue.state()).every(lane => lane.lane !== highLane || lane.depth <= 1)
    )
  })
})

const receiver = (place: number): string => `+1601555${String(1_000 + (place % 8_000))}`
