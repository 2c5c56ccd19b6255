import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { VirtualClock } from './clock.ts'

const start = Date.UTC(2026, 10, 23, 12)

function aFrozenClock(): VirtualClock {
  return new VirtualClock({ mode: 'frozen', start })
}

test('a frozen clock stands still until it is advanced', async () => {
  const clock = aFrozenClock()

  await clock.advance('3 min')

  assert.equal(clock.now(), start + 180_000)
})

test('a timer sees its own due time as now', async () => {
  const clock = aFrozenClock()
  const seen: number[] = []
  clock.setTimer(5000, () => seen.push(clock.now() - start))
  clock.setTimer(1000, () => seen.push(clock.now() - start))

  await clock.advance('PT1M')

  assert.deepEqual(seen, [1000, 5000])
})

test('a timer that is set by a timer fires in the same advance', async () => {
  const clock = aFrozenClock()
  const seen: number[] = []
  const again = () => {
    seen.push(clock.now() - start)
    if (seen.length < 4) clock.setTimer(1000, again)
  }
  clock.setTimer(1000, again)

  await clock.advance(3000)

  assert.deepEqual(seen, [1000, 2000, 3000])
})

test('a clock tells when something is due next', () => {
  const clock = aFrozenClock()
  assert.equal(clock.nextDueAt, undefined)

  const first = clock.setTimer(1000, () => undefined)
  clock.setTimer(5000, () => undefined)
  assert.equal(clock.nextDueAt, start + 1000)

  first.cancel()
  assert.equal(clock.nextDueAt, start + 5000)
})

test('a cancelled timer does not fire', async () => {
  const clock = aFrozenClock()
  const fired: string[] = []
  const timer = clock.setTimer(10, () => fired.push('cancelled'))
  clock.setTimer(10, () => fired.push('kept'))

  timer.cancel()
  timer.cancel()
  await clock.advance(10)

  assert.deepEqual(fired, ['kept'])
  assert.equal(clock.pendingTimers, 0)
})

test('time does not pass over work that is held', async () => {
  const clock = aFrozenClock()
  const story: string[] = []
  clock.setTimer(1000, () => {
    const release = clock.hold()
    setImmediate(() => {
      story.push(`answered at ${clock.now() - start}`)
      release()
    })
  })
  clock.setTimer(2000, () => story.push(`next at ${clock.now() - start}`))

  await clock.advance('1 min')

  assert.deepEqual(story, ['answered at 1000', 'next at 2000'])
})

test('a hold that nobody releases ends by itself', async () => {
  const clock = new VirtualClock({ mode: 'frozen', start, holdLimitMs: 5 })
  clock.setTimer(1, () => {
    clock.hold()
  })

  await clock.advance('1 h')

  assert.equal(clock.now(), start + 3_600_000)
})

test('advances that are asked for at once happen one after another', async () => {
  const clock = aFrozenClock()
  const seen: number[] = []
  for (const delay of [500, 1500, 2500]) clock.setTimer(delay, () => seen.push(delay))

  await Promise.all([clock.advance(1000), clock.advance(1000), clock.advance(1000)])

  assert.deepEqual(seen, [500, 1500, 2500])
  assert.equal(clock.now(), start + 3000)
})

test('a clock at a high rate lives through an hour at once', async t => {
  const clock = new VirtualClock({ mode: 'rate', rate: 3_600_000, start })
  t.after(() => clock.stop())

  await new Promise<void>(resolve => {
    clock.setTimer(3_600_000, resolve)
  })

  assert.ok(clock.now() >= start + 3_600_000)
})

test('a frozen clock that is set to run fires what became due', async t => {
  const clock = aFrozenClock()
  t.after(() => clock.stop())
  const fired = new Promise<void>(resolve => {
    clock.setTimer(100, resolve)
  })

  clock.setMode('rate', 1_000_000)
  await fired

  assert.equal(clock.describe().mode, 'rate')
})

test('what cannot be a time, a rate or a duration is refused', async () => {
  const clock = aFrozenClock()

  assert.throws(() => clock.set(Number.NaN), /from 1970 to 9999/)
  assert.throws(() => clock.set(8.64e15), /from 1970 to 9999/)
  assert.throws(() => clock.advance(8.64e15), /year 9999/)
  assert.throws(() => clock.setMode('rate', 1e21), /at most/)
  assert.throws(() => clock.setMode('rate', 0), /above 0/)
  assert.throws(() => clock.advance(-1), /0 ms or more/)
  assert.throws(() => clock.advance('soon'), /PT3M/)
})

test('timers fire in the order of time and then of insertion, whatever is cancelled', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ delay: fc.nat(50), isCancelled: fc.boolean() }), { maxLength: 200 }),
      async plans => {
        const clock = aFrozenClock()
        const fired: number[] = []
        const timers = plans.map(({ delay }, index) =>
          clock.setTimer(delay, () => fired.push(index))
        )
        for (const [index, plan] of plans.entries()) if (plan.isCancelled) timers[index]?.cancel()

        await clock.advance(50)

        const expected = plans
          .map((plan, index) => ({ ...plan, index }))
          .filter(({ isCancelled }) => !isCancelled)
          .toSorted((a, b) => a.delay - b.delay || a.index - b.index)
          .map(({ index }) => index)
        assert.deepEqual(fired, expected)
      }
    ),
    { numRuns: 50 }
  )
})

test('a hundred thousand timers are no burden', async () => {
  const clock = aFrozenClock()
  let fired = 0
  for (let index = 0; index < 100_000; index++) {
    clock.setTimer((index * 7919) % 1000, () => {
      fired++
    })
  }

  await clock.advance(1000)

  assert.equal(fired, 100_000)
})
