import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrive } from './arrivals.ts'
import { clockMs } from './clock-ms.ts'
import { latenciesOf, percentilesOf } from './latencies.ts'

test('percentiles are right to a thousandth', () => {
  const latencies = latenciesOf(Array.from({ length: 10_000 }, (_, place) => (place + 1) / 10))

  for (const [found, expected] of [
    [latencies.p50Ms, 500],
    [latencies.p99Ms, 990],
    [latencies.maxMs, 1_000]
  ] as const)
    assert.ok(Math.abs(found - expected) <= expected / 500, `${found} is not ${expected}`)
})

test('a time that has not come is not counted', () => {
  assert.equal(latenciesOf([1, Number.NaN, 3]).count, 2)
})

test('the curve can be drawn from what is written down', () => {
  const latencies = latenciesOf([1, 2, 3, 4, 100])

  const curve = percentilesOf(latencies)

  assert.deepEqual(
    [curve.at(0)?.percentile, curve.at(-1)?.percentile, Math.round(curve.at(-1)?.ms ?? 0)],
    [0, 100, 100]
  )
})

test('a task that had to wait for the one before is late from when it was due', async () => {
  let free = Promise.resolve()
  const work = (): Promise<void> => {
    free = free.then(() => new Promise(resolve => setTimeout(resolve, 30)))
    return free
  }

  const took = await arrive({ count: 4, startedAt: clockMs(), intervalMs: 1 }, work)

  assert.ok(
    took.every((ms, place) => ms >= 25 * (place + 1)),
    String(took)
  )
})

test('a task that failed has no latency, and stops no other', async () => {
  const took = await arrive({ count: 3, startedAt: clockMs(), intervalMs: 0 }, async place => {
    if (place === 1) throw new Error('refused')
  })

  assert.deepEqual([...took].map(Number.isNaN), [false, true, false])
})
