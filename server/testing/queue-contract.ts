import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { VirtualClock } from '../../simulator/clock.ts'
import type { Database } from '../platform/database.ts'
import type {
  BatchHandler,
  Consumer,
  ConsumeOptions,
  Entry,
  NewEntry,
  Queue,
  Verdict
} from '../platform/queue.ts'

/** One worker's end of the lanes. */
export interface QueueUnderTest {
  database: Database
  queue: Queue
  clock: VirtualClock
  /** Another worker's end of the same lanes; undefined where one process has them to itself. */
  anotherWorker: (() => Promise<{ database: Database; queue: Queue }>) | undefined
  deadLetters(): Promise<{ payload: string; attempts: number; error: string }[]>
  close(): Promise<void>
  /** Makes the carrier fail, as a database that went away does, until the returned function is called. */
  breakDown(): () => void
}

export const leaseMs = 30_000

/** The promises of the port, to be kept by every carrier of lanes. */
export function queueContract(open: () => Promise<QueueUnderTest>): void {
  test('an entry is handed over once, as it was published', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(lanes.settleAs('done'))

    await lanes.publish([{ payload: 'message 1', fairnessKey: 7 }])
    await handled.until(1)
    await lanes.settled()

    assert.deepEqual(
      handled.entries.map(({ lane, payload, fairnessKey, attempts }) => ({
        lane,
        payload,
        fairnessKey,
        attempts
      })),
      [{ lane: 'work', payload: 'message 1', fairnessKey: 7, attempts: 0 }]
    )
    assert.deepEqual(await lanes.queue.state(), [])
  })

  test('what waited before there was a consumer is found by it', async t => {
    const lanes = await openLanes(t, open)
    await lanes.publish([{ payload: 'early' }])

    const handled = lanes.consume(lanes.settleAs('done'))

    await handled.until(1)
  })

  test('a lane has its own entries only', async t => {
    const lanes = await openLanes(t, open)
    const other = lanes.consume(lanes.settleAs('done'), {}, 'other')
    const handled = lanes.consume(lanes.settleAs('done'))

    await lanes.publish([{ payload: 'mine' }, { payload: 'theirs', lane: 'other' }])
    await handled.until(1)
    await other.until(1)

    assert.deepEqual([handled.payloads(), other.payloads()], [['mine'], ['theirs']])
  })

  test('entries of one fairness key are handed over in the order of their publication', async t => {
    const lanes = await openLanes(t, open)
    const payloads = Array.from({ length: 250 }, (_, place) => `entry ${place}`)
    for (let from = 0; from < payloads.length; from += 50)
      await lanes.publish(payloads.slice(from, from + 50).map(payload => ({ payload })))

    const handled = lanes.consume(lanes.settleAs('done'), { batchSize: 32, maxInFlight: 64 })
    await handled.until(payloads.length)

    assert.deepEqual(handled.payloads(), payloads)
  })

  test('what is published by a transaction that is rolled back never was', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(lanes.settleAs('done'))

    const failure = lanes.database.transaction(async tx => {
      await lanes.queue.publish([lanes.entry({ payload: 'undone' })], tx)
      throw new Error('no')
    })
    await assert.rejects(failure, /no/)
    await lanes.publish([{ payload: 'done' }])
    await handled.until(1)
    await lanes.settled()

    assert.deepEqual(handled.payloads(), ['done'])
  })

  test('a verdict of a transaction that is rolled back does not hold', async t => {
    const lanes = await openLanes(t, open)
    let runs = 0
    const handled = lanes.consume(async entries => {
      await lanes.database.transaction(async tx => {
        await lanes.queue.settle(lanes.verdicts(entries, 'done'), tx)
        if (++runs === 1) throw new Error('commit failed')
      })
    })

    await lanes.publish([{ payload: 'again' }])
    await handled.until(1)
    await lanes.advanceUntil(() => handled.entries.length === 2)
    await lanes.settled()

    assert.deepEqual(handled.payloads(), ['again', 'again'])
  })

  test('what is published under one order key while it waits is one entry', async t => {
    const lanes = await openLanes(t, open)

    await lanes.publish([
      { payload: 'resource', orderKey: 'resource' },
      { payload: 'resource', orderKey: 'resource' }
    ])
    await lanes.publish([{ payload: 'resource', orderKey: 'resource' }])
    const handled = lanes.consume(lanes.settleAs('done'))
    await handled.until(1)
    await lanes.settled()

    assert.equal(handled.entries.length, 1)
    assert.deepEqual(await lanes.queue.state(), [])
  })

  test('what is published under its order key while an entry runs has it handled once more, and not at the same time', async t => {
    const lanes = await openLanes(t, open)
    let running = 0
    let most = 0
    const gate = Promise.withResolvers<undefined>()
    const handled = lanes.consume(async entries => {
      most = Math.max(most, ++running)
      await gate.promise
      running--
      await lanes.settle(lanes.verdicts(entries, 'done'))
    })
    await lanes.publish([{ payload: 'resource', orderKey: 'resource' }])
    await handled.until(1)

    await lanes.publish([{ payload: 'resource', orderKey: 'resource' }])
    await lanes.publish([{ payload: 'resource', orderKey: 'resource' }])
    gate.resolve(undefined)
    await handled.until(2)
    await lanes.settled()

    assert.deepEqual([handled.entries.length, most], [2, 1])
    assert.deepEqual(await lanes.queue.state(), [])
  })

  test('an entry that waits for later is due at the earlier time of what is merged into it', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(lanes.settleAs('done'))
    await lanes.publish([
      { payload: 'resource', orderKey: 'resource', dueAt: lanes.clock.now() + 3_600_000 }
    ])

    await lanes.publish([{ payload: 'resource', orderKey: 'resource' }])

    await handled.until(1)
  })

  test('a scheduled entry is handed over at its time and not before', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(lanes.settleAs('done'))
    await lanes.publish([
      { payload: 'tomorrow', dueAt: lanes.clock.now() + 86_400_000 },
      { payload: 'now' }
    ])
    await handled.until(1)
    await lanes.quiet()

    await lanes.clock.advance(86_399_999)
    await lanes.quiet()
    const before = handled.payloads()
    await lanes.clock.advance(1)
    await handled.until(2)

    assert.deepEqual(before, ['now'])
    assert.deepEqual(handled.payloads(), ['now', 'tomorrow'])
  })

  test('a withdrawn entry is never handed over', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(lanes.settleAs('done'))
    await lanes.publish([
      { payload: 'canceled', orderKey: 'canceled', dueAt: lanes.clock.now() + 60_000 }
    ])

    await lanes.database.transaction(tx => lanes.queue.withdraw('work', 'canceled', tx))
    await lanes.clock.advance('2 min')
    await lanes.quiet()

    assert.deepEqual(handled.payloads(), [])
    assert.deepEqual(await lanes.queue.state(), [])
  })

  test('an entry that somebody works on is not withdrawn', async t => {
    const lanes = await openLanes(t, open)
    const gate = Promise.withResolvers<undefined>()
    const handled = lanes.consume(async ([entry]) => {
      assert.ok(entry)
      await gate.promise
      const isFirst = handled.entries.length === 1
      const at = lanes.clock.now()
      await lanes.settle([
        isFirst
          ? { entry, outcome: 'retry', at, countsAsAttempt: false }
          : { entry, outcome: 'done' }
      ])
    })
    await lanes.publish([{ payload: 'running', orderKey: 'running' }])
    await handled.until(1)

    await lanes.database.transaction(tx => lanes.queue.withdraw('work', 'running', tx))
    gate.resolve(undefined)

    await handled.until(2)
  })

  test('a retry comes back at its time and counts as an attempt unless it is a postponement', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(async ([entry]) => {
      assert.ok(entry)
      const at = lanes.clock.now() + 60_000
      const verdict: Verdict =
        handled.entries.length === 3
          ? { entry, outcome: 'done' }
          : { entry, outcome: 'retry', at, countsAsAttempt: handled.entries.length === 1 }
      await lanes.settle([verdict])
    })
    await lanes.publish([{ payload: 'stubborn' }])
    await handled.until(1)
    await lanes.settled()

    await lanes.clock.advance(59_999)
    await lanes.quiet()
    const early = handled.entries.length
    await lanes.clock.advance(1)
    await handled.until(2)
    await lanes.settled()
    await lanes.clock.advance(60_000)
    await handled.until(3)

    assert.equal(early, 1)
    assert.deepEqual(
      handled.entries.map(entry => entry.attempts),
      [0, 1, 1]
    )
  })

  test('a dead letter is kept with its error and never handed over again', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(lanes.settleAs('dead', 'a text with \0 and \ud800 in it'))

    await lanes.publish([{ payload: 'hopeless' }])
    await handled.until(1)
    await lanes.settled()
    await lanes.clock.advance('24 h')
    await lanes.quiet()

    assert.equal(handled.entries.length, 1)
    assert.deepEqual(await lanes.deadLetters(), [
      { payload: 'hopeless', attempts: 1, error: 'a text with \u{fffd} and \u{fffd} in it' }
    ])
    assert.deepEqual(await lanes.queue.state(), [])
  })

  test('a poisonous entry backs off alone, ends dead, and does not fail its neighbours', async t => {
    const lanes = await openLanes(t, open)
    const times: number[] = []
    const handled = lanes.consume(async entries => {
      if (entries.some(entry => entry.payload === 'poison')) {
        if (entries.length === 1) times.push(lanes.clock.now())
        throw new Error('cannot be handled')
      }
      await lanes.settle(lanes.verdicts(entries, 'done'))
    })

    await lanes.publish(['good 1', 'poison', 'good 2'].map(payload => ({ payload })))
    await lanes.advanceUntil(async () => (await lanes.deadLetters()).length === 1)

    const [letter] = await lanes.deadLetters()
    assert.equal(letter?.payload, 'poison')
    assert.match(letter.error, /cannot be handled/)
    assert.equal(times.length, 10)
    const waits = times.slice(1).map((time, place) => time - (times[place] ?? 0))
    assert.ok(
      waits.every((wait, place) => wait >= 0.8 * Math.min(500 * 2 ** place, 60_000)),
      `the waits grow: ${waits.join(', ')}`
    )
    assert.deepEqual(await lanes.queue.state(), [])
    assert.equal(handled.payloads().filter(payload => payload === 'good 1').length, 2)
  })

  test('a handler that fails before it returns a promise is a handler that fails', async t => {
    const lanes = await openLanes(t, open)
    let runs = 0
    lanes.consume(entries => {
      if (++runs === 1) throw new Error('at once')
      return lanes.settle(lanes.verdicts(entries, 'done'))
    })

    await lanes.publish([{ payload: 'second try' }])
    await lanes.advanceUntil(() => runs === 2)
    await lanes.settled()

    assert.deepEqual(await lanes.queue.state(), [])
  })

  test('an entry whose worker does nothing comes back when its lease ends, and the late verdict is ignored', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(async () => undefined)
    await lanes.publish([{ payload: 'forgotten' }])
    await handled.until(1)
    const [first] = handled.entries

    await lanes.advanceUntil(() => handled.entries.length === 2)
    assert.ok(first)
    await lanes.settle([{ entry: first, outcome: 'done' }])
    const afterLateVerdict = await lanes.queue.state()
    const second = handled.entries[1]
    assert.ok(second)
    await lanes.settle([{ entry: second, outcome: 'done' }])

    assert.equal(first.leaseEndsAt - leaseMs, lanes.start)
    assert.ok(lanes.clock.now() >= first.leaseEndsAt)
    assert.equal(afterLateVerdict[0]?.depth, 1)
    assert.deepEqual(await lanes.queue.state(), [])
  })

  test('late retries and dead letters are ignored as well', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(async () => undefined)
    await lanes.publish([{ payload: 'forgotten' }])
    await handled.until(1)
    await lanes.advanceUntil(() => handled.entries.length === 2)
    const [late] = handled.entries
    assert.ok(late)

    await lanes.settle([{ entry: late, outcome: 'dead', error: 'late' }])
    await lanes.settle([
      { entry: late, outcome: 'retry', at: lanes.clock.now(), countsAsAttempt: true }
    ])
    await lanes.quiet()

    assert.deepEqual(await lanes.deadLetters(), [])
    assert.equal(handled.entries.length, 2)
  })

  test('places of entries that were never settled are free again after their leases', async t => {
    const lanes = await openLanes(t, open)
    let forgetful = true
    const handled = lanes.consume(
      async entries => {
        if (!forgetful) await lanes.settle(lanes.verdicts(entries, 'done'))
      },
      { batchSize: 4, maxInFlight: 4 }
    )
    await lanes.publish(['a', 'b', 'c', 'd'].map(payload => ({ payload })))
    await handled.until(4)

    forgetful = false
    await lanes.publish([{ payload: 'e' }])
    await lanes.advanceUntil(() => handled.payloads().includes('e'))
    await lanes.advanceUntil(async () => (await lanes.queue.state()).length === 0)
  })

  test('when nothing can be settled the places are not lost: the work comes back by itself', async t => {
    const lanes = await openLanes(t, open)
    let repair: (() => void) | undefined
    let runs = 0
    const handled = lanes.consume(
      async entries => {
        if (++runs === 1) repair = lanes.breakDown()
        await lanes.settle(lanes.verdicts(entries, 'done'))
      },
      { batchSize: 8, maxInFlight: 8 }
    )
    await lanes.publish(Array.from({ length: 8 }, (_, place) => ({ payload: String(place) })))
    await handled.until(8)
    await lanes.quiet()

    repair?.()

    await lanes.advanceUntil(async () => (await lanes.queue.state()).length === 0)
  })

  test('a batch has at most its size, and no more are in flight than allowed', async t => {
    const lanes = await openLanes(t, open)
    let most = 0
    let largest = 0
    const waiting: Entry[] = []
    const handled = lanes.consume(
      async entries => {
        largest = Math.max(largest, entries.length)
        waiting.push(...entries)
        most = Math.max(most, waiting.length)
        await new Promise(resolve => setImmediate(resolve))
        await lanes.settle(lanes.verdicts(waiting.splice(0, 5), 'done'))
      },
      { batchSize: 10, maxInFlight: 25 }
    )

    await lanes.publish(
      Array.from({ length: 300 }, (_, place) => ({
        payload: String(place),
        fairnessKey: place % 7
      }))
    )
    await lanes.eventually('all to be handled', async () => {
      if (waiting.length > 0) await lanes.settle(lanes.verdicts(waiting.splice(0, 5), 'done'))
      return handled.entries.length === 300 && waiting.length === 0
    })

    assert.ok(largest <= 10 && most <= 25, `largest batch ${largest}, most in flight ${most}`)
    assert.equal(new Set(handled.payloads()).size, 300)
  })

  test('a flood of one bearer does not hold back the single entry of another by more than one batch', async t => {
    const lanes = await openLanes(t, open)
    await lanes.publish(
      Array.from({ length: 1_000 }, (_, place) => ({ payload: `flood ${place}`, fairnessKey: 1 }))
    )
    await lanes.publish([{ payload: 'single', fairnessKey: 2 }])

    const handled = lanes.consume(lanes.settleAs('done'), { batchSize: 50, maxInFlight: 100 })
    await handled.until(1_001)

    const place = handled.payloads().indexOf('single')
    assert.ok(place < 50, `handed over as number ${place + 1}`)
  })

  test('bearers whose work is not due take no places from one whose is', async t => {
    const lanes = await openLanes(t, open)
    const tomorrow = lanes.clock.now() + 86_400_000
    await lanes.publish(
      Array.from({ length: 200 }, (_, key) => ({
        payload: 'later',
        fairnessKey: key,
        dueAt: tomorrow
      }))
    )
    await lanes.publish(Array.from({ length: 64 }, () => ({ payload: 'now', fairnessKey: 150 })))

    const batches: number[] = []
    const handled = lanes.consume(
      async entries => {
        batches.push(entries.length)
        await lanes.settle(lanes.verdicts(entries, 'done'))
      },
      { batchSize: 64, maxInFlight: 64 }
    )
    await handled.until(64)

    assert.deepEqual(batches, [64])
  })

  test('more bearers than a batch is shared between all get their turn', async t => {
    const lanes = await openLanes(t, open)
    await lanes.publish(
      Array.from({ length: 500 }, (_, place) => ({
        payload: `${place % 100}`,
        fairnessKey: place % 100
      }))
    )

    const handled = lanes.consume(lanes.settleAs('done'), { batchSize: 20, maxInFlight: 20 })
    await handled.until(500)

    const firstRound = new Set(handled.payloads().slice(0, 160))
    assert.equal(firstRound.size, 100)
  })

  test('one fairness key holds no more than its places, and the rest are for others at once', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(async () => undefined, {
      batchSize: 10,
      maxInFlight: 10,
      maxInFlightPerKey: 8
    })
    await lanes.publish(
      Array.from({ length: 20 }, (_, place) => ({ payload: `slow ${place}`, fairnessKey: 1 }))
    )
    await handled.until(8)

    await lanes.publish([{ payload: 'quick', fairnessKey: 2 }])
    await handled.until(9)
    await lanes.quiet()

    assert.equal(handled.payloads().at(-1), 'quick')
    assert.equal(handled.entries.length, 9)
  })

  test('stopping waits for what is in flight', async t => {
    const lanes = await openLanes(t, open)
    const gate = Promise.withResolvers<undefined>()
    const handled = lanes.consume(async entries => {
      await gate.promise
      await lanes.settle(lanes.verdicts(entries, 'done'))
    })
    await lanes.publish([{ payload: 'in flight' }])
    await handled.until(1)

    const stopped = handled.consumer.stop(5_000)
    gate.resolve(undefined)
    await stopped

    assert.deepEqual(await lanes.queue.state(), [])
  })

  test('what is not finished within the grace is handed back, due at once and with no attempt counted', async t => {
    const lanes = await openLanes(t, open)
    const stuck = lanes.consume(async () => undefined)
    await lanes.publish([{ payload: 'unfinished' }])
    await stuck.until(1)

    await stuck.consumer.stop(20)
    const handled = lanes.consume(lanes.settleAs('done'))
    await handled.until(1)

    assert.deepEqual(
      handled.entries.map(({ payload, attempts }) => [payload, attempts]),
      [['unfinished', 0]]
    )
  })

  test('a stopped consumer claims nothing more', async t => {
    const lanes = await openLanes(t, open)
    const handled = lanes.consume(lanes.settleAs('done'))
    await handled.consumer.stop(0)

    await lanes.publish([{ payload: 'too late' }])
    await lanes.quiet()

    assert.equal(handled.entries.length, 0)
    assert.equal((await lanes.queue.state())[0]?.depth, 1)
  })

  test('the state tells the depth of each lane and since when its oldest entry is due', async t => {
    const lanes = await openLanes(t, open)
    const now = lanes.clock.now()
    await lanes.publish([
      { payload: 'a', dueAt: now - 5_000 },
      { payload: 'b' },
      { payload: 'c', dueAt: now + 5_000 }
    ])
    await lanes.publish([{ payload: 'd', lane: 'other', dueAt: now + 5_000 }])

    const state = await lanes.queue.state()

    assert.deepEqual(
      state.toSorted((a, b) => (a.lane < b.lane ? -1 : 1)),
      [
        { lane: 'other', depth: 1, oldestDueAt: undefined },
        { lane: 'work', depth: 3, oldestDueAt: now - 5_000 }
      ]
    )
  })
}

/** The promises of a carrier that several processes share. */
export function sharedQueueContract(open: () => Promise<QueueUnderTest>): void {
  test('several workers never have the same entry, and none is left over', async t => {
    const lanes = await openLanes(t, open)
    const others = [await anotherOn(lanes), await anotherOn(lanes)]
    const claims: string[] = []
    const inWork = new Set<string>()
    const workers = [lanes, ...others]
    const consumers = workers.flatMap(({ database, queue }) =>
      [1, 2].map(() =>
        queue.consume('work', { batchSize: 40, maxInFlight: 80 }, async entries => {
          for (const { payload } of entries) {
            assert.ok(!inWork.has(payload), `${payload} is in two hands`)
            inWork.add(payload)
            claims.push(payload)
          }
          await database.transaction(tx => queue.settle(lanes.verdicts(entries, 'done'), tx))
          for (const { payload } of entries) inWork.delete(payload)
        })
      )
    )
    lanes.consumers.push(...consumers)

    await Promise.all(
      Array.from({ length: 30 }, (_, round) => {
        const { database, queue } = workers[round % workers.length] ?? lanes
        const entries = Array.from({ length: 100 }, (_, place) =>
          lanes.entry({ payload: `${round} ${place}`, fairnessKey: place % 9 })
        )
        return database.transaction(tx => queue.publish(entries, tx))
      })
    )
    await lanes.eventually(
      'all to be handled',
      async () => (await lanes.queue.state()).length === 0
    )

    assert.equal(claims.length, 3_000)
    assert.equal(new Set(claims).size, 3_000)
  })

  test('publications under shared order keys from several workers are never lost, and never run side by side', async t => {
    const lanes = await openLanes(t, open)
    const workers = [lanes, await anotherOn(lanes)]
    const published = new Map<string, number>()
    const seen = new Map<string, number>()
    const running = new Set<string>()
    const consumers = workers.map(({ database, queue }) =>
      queue.consume('work', { batchSize: 10, maxInFlight: 20 }, async entries => {
        for (const { payload } of entries) {
          assert.ok(!running.has(payload), `${payload} runs twice`)
          running.add(payload)
          seen.set(payload, published.get(payload) ?? 0)
        }
        await new Promise(resolve => setImmediate(resolve))
        for (const { payload } of entries) running.delete(payload)
        await database.transaction(tx => queue.settle(lanes.verdicts(entries, 'done'), tx))
      })
    )
    lanes.consumers.push(...consumers)

    await Promise.all(
      Array.from({ length: 200 }, async (_, round) => {
        const { database, queue } = workers[round % 2] ?? lanes
        const keys = Array.from({ length: 6 }, (_, place) => `key ${(round * 7 + place * 5) % 12}`)
        await database.transaction(async tx => {
          for (const key of keys) published.set(key, (published.get(key) ?? 0) + 1)
          await queue.publish(
            keys.map(key => lanes.entry({ payload: key, orderKey: key })),
            tx
          )
        })
      })
    )
    await lanes.eventually(
      'all to be handled',
      async () => (await lanes.queue.state()).length === 0
    )

    assert.deepEqual(seen, published)
  })
}

function anotherOn({ anotherWorker }: Pick<QueueUnderTest, 'anotherWorker'>) {
  assert.ok(anotherWorker, 'this carrier is not shared')
  return anotherWorker()
}

type Outcome = 'done' | 'dead'

/** The port with what the tests say of it. */
async function openLanes(t: TestContext, open: () => Promise<QueueUnderTest>) {
  const under = await open()
  const { clock, database, queue } = under
  const consumers: Consumer[] = []
  t.after(async () => {
    await Promise.all(consumers.map(consumer => consumer.stop(0)))
    await under.close()
  })

  const entry = (fields: Partial<NewEntry> & { payload: string }): NewEntry => ({
    lane: 'work',
    fairnessKey: 1,
    ...fields
  })
  const settle = (verdicts: Verdict[]) => database.transaction(tx => queue.settle(verdicts, tx))
  const verdicts = (entries: Entry[], outcome: Outcome, error = 'dead'): Verdict[] =>
    entries.map(claimed =>
      outcome === 'done' ? { entry: claimed, outcome } : { entry: claimed, outcome, error }
    )
  const eventually = async (what: string, condition: () => boolean | Promise<boolean>) => {
    const deadline = performance.now() + 10_000
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(`Waited 10 s for ${what}`)
      await new Promise(resolve => setTimeout(resolve, 2))
    }
  }
  /** Nothing moves any more: everything that could be claimed has been, in several turns. */
  const quiet = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await queue.state()
      await new Promise(resolve => setTimeout(resolve, under.anotherWorker ? 25 : 2))
    }
  }

  return {
    ...under,
    consumers,
    start: clock.now(),
    entry,
    settle,
    verdicts,
    eventually,
    quiet,
    publish: (entries: (Partial<NewEntry> & { payload: string })[]) =>
      database.transaction(tx => queue.publish(entries.map(entry), tx)),
    settleAs:
      (outcome: Outcome, error?: string): BatchHandler =>
      entries =>
        settle(verdicts(entries, outcome, error)),
    settled: async () => {
      await quiet()
    },
    /** Moves time in small steps until something is so. */
    async advanceUntil(condition: () => boolean | Promise<boolean>) {
      const steps = async () => {
        await clock.advance(500)
        await queue.state()
        return condition()
      }
      await eventually('something that time brings', steps)
    },
    consume(handler: BatchHandler, options: Partial<ConsumeOptions> = {}, lane = 'work') {
      const entries: Entry[] = []
      const consumer = queue.consume(
        lane,
        { batchSize: 10, maxInFlight: 20, ...options },
        batch => {
          entries.push(...batch)
          return handler(batch)
        }
      )
      consumers.push(consumer)
      return {
        consumer,
        entries,
        payloads: () => entries.map(({ payload }) => payload),
        until: (count: number) =>
          eventually(
            `${count} entries to be handed over, got ${entries.length}`,
            () => entries.length >= count
          )
      }
    }
  }
}
