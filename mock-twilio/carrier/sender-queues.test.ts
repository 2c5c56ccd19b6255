import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { isTerminal } from '../lifecycles/message.ts'
import { aWorld } from '../testing/a-world.ts'
import { isQueueFull, joinQueue } from './sender-queues.ts'

const seeded = process.env['TEST_SEED'] ? { seed: Number(process.env['TEST_SEED']) } : {}
const one = { isMms: false, numSegments: 1 }

test('a long code sends one segment in a second, a toll-free number three, a short code a hundred', () => {
  const { world } = aWorld({ throughput: 'realistic' })
  const now = world.now()
  const turns = (sender: string) =>
    Array.from({ length: 101 }, () => {
      return joinQueue(world, sender, one, { readyAt: now, lastAt: Number.POSITIVE_INFINITY }) - now
    })

  assert.deepEqual(turns('+16015550100').slice(0, 3), [0, 1000, 2000])
  assert.deepEqual(turns('+18005550100').slice(0, 4), [0, 334, 667, 1000])
  assert.equal(turns('12345').at(-1), 1000)
  assert.equal(turns('School').at(10), 1000)
})

test('media leave at one a second from a number, and at 25 from all numbers together', () => {
  const { world } = aWorld({ throughput: 'realistic' })
  const now = world.now()
  const turnOf = (sender: string) =>
    joinQueue(
      world,
      sender,
      { isMms: true, numSegments: 1 },
      { readyAt: now, lastAt: Number.POSITIVE_INFINITY }
    ) - now

  const ofMany = Array.from({ length: 26 }, (_, index) => turnOf(`+160155510${10 + index}`))
  const again = turnOf('+16015551010')

  assert.equal(ofMany.at(-1), 1000)
  assert.equal(again, 1040)
})

test('a world may say how fast a sender is', () => {
  const rates = [{ sender: '+16015550100', segments_per_second: 10 }]
  const { world } = aWorld({ throughput: 'realistic', sender_rates: rates })
  const now = world.now()
  const bounds = { readyAt: now, lastAt: Number.POSITIVE_INFINITY }

  joinQueue(world, '+16015550100', { isMms: false, numSegments: 5 }, bounds)

  assert.equal(joinQueue(world, '+16015550100', one, bounds) - now, 500)
})

test('as much as ten hours of work may wait for a sender, in 2024 four hours of it', () => {
  for (const [year, segments] of [
    [2026, 36_000],
    [2024, 14_400]
  ] as const) {
    const { world } = aWorld({ throughput: 'realistic', provider_year: year })
    const bounds = { readyAt: world.now(), lastAt: Number.POSITIVE_INFINITY }
    const whole = { isMms: false, numSegments: segments }

    assert.equal(isQueueFull(world, '+16015550100', whole), false)
    joinQueue(world, '+16015550100', whole, bounds)
    assert.equal(isQueueFull(world, '+16015550100', one), true)
  }
})

test('whoever waits in vain takes no time of those behind', () => {
  const { world } = aWorld({ throughput: 'realistic' })
  const now = world.now()

  joinQueue(world, '+16015550100', { ...one, numSegments: 60 }, { readyAt: now, lastAt: now + 1 })
  joinQueue(world, '+16015550100', { ...one, numSegments: 10 }, { readyAt: now, lastAt: now + 1 })
  const third = joinQueue(world, '+16015550100', one, { readyAt: now, lastAt: now + 100_000 })

  assert.equal(third - now, 60_000)
})

test('no window of one second holds more segments of a sender than its rate, and one', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('+16015550100', '+18005550100', '12345', 'School'),
      fc.array(fc.record({ wait: fc.nat(900), numSegments: fc.integer({ min: 1, max: 11 }) }), {
        maxLength: 200
      }),
      (sender, messages) => {
        const { world } = aWorld({ throughput: 'realistic' })
        const rate = { '+16015550100': 1, '+18005550100': 3, 12345: 100, School: 10 }[sender]
        let readyAt = world.now()
        let last = 0
        const departures = messages.flatMap(({ wait, numSegments }) => {
          readyAt += wait
          const lastAt = Number.POSITIVE_INFINITY
          const load = { isMms: false, numSegments }
          const at = joinQueue(world, sender, load, { readyAt, lastAt })
          assert.ok(at >= readyAt && at >= last, 'first come, first served')
          last = at
          return Array.from({ length: numSegments }, (_, part) => at + (part * 1000) / rate)
        })
        for (const [index, from] of departures.entries()) {
          const inWindow = departures.slice(index, index + rate + 3).filter(at => at < from + 1000)
          assert.ok(inWindow.length <= rate + 1, `${inWindow.length} segments after ${from}`)
        }
      }
    ),
    seeded
  )
})

test('messages of one number leave in the order in which they came, and all of them end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          pause: fc.constantFrom(0, 0, 10, 3000),
          from: fc.constantFrom('+16015550100', '+16015550101'),
          length: fc.constantFrom(10, 10, 200, 700),
          validityMs: fc.constantFrom(1000, 20_000, 36_000_000)
        }),
        { minLength: 1, maxLength: 40 }
      ),
      async plan => {
        const { world, clock, send } = aWorld({ throughput: 'realistic', profile: 'reliable' })
        const sent = []
        for (const { pause, length, ...fields } of plan) {
          await clock.advance(pause)
          sent.push(send({ ...fields, body: 'a'.repeat(length) }))
        }
        await clock.advance('11 h')

        for (const message of sent) {
          assert.ok(isTerminal(message.status), message.status)
          assert.ok(message.status === 'delivered' || message.errorCode === 30036)
        }
        for (const from of ['+16015550100', '+16015550101']) {
          const left = world.journal
            .list({ match: { kind: 'message.status', status: 'sending', from } })
            .map(({ sid }) => world.messages.find(String(sid))?.seq ?? 0)
          assert.deepEqual(
            left,
            left.toSorted((a, b) => a - b)
          )
        }
        for (const { messages, segments } of world.carrier.queues.values()) {
          assert.deepEqual([messages, segments], [0, 0])
        }
      }
    ),
    { numRuns: 40, ...seeded }
  )
})

test('two hundred thousand messages stand in line, and the last one knows when its turn comes', async () => {
  const numbers = Array.from({ length: 10 }, (_, index) => `+1601555${2000 + index}`)
  const { world, clock, send } = aWorld({
    throughput: 'realistic',
    numbers: numbers.map(phone_number => ({ phone_number })),
    messaging_services: [{ phone_numbers: numbers, sticky_sender: false }]
  })
  for (let second = 0; second < 100; second++) {
    for (let index = 0; index < 2000; index++) {
      send({ from: numbers[index % 10] ?? null, to: `+1213${2_000_000 + index}` })
    }
    await clock.advance('1 s')
  }

  const waiting = [...world.carrier.queues.values()].reduce((sum, queue) => sum + queue.messages, 0)
  assert.ok(waiting > 198_000, `${waiting} wait`)
  const last = Math.max(...[...world.carrier.queues.values()].map(({ freeAt }) => freeAt))
  assert.ok(Math.abs(last - world.now() - 19_900_000) < 10_000, String(last - world.now()))
})
