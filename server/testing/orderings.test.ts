import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  arrivalsOf,
  insertionsOf,
  omissionsOf,
  orderingsOf,
  type RepetitionBounds,
  repetitionsOf
} from './orderings.ts'

const letters = ['a', 'b', 'c', 'd', 'e'] as const
const someTimes = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 })
const someBounds = fc.record({
  each: fc.integer({ min: 1, max: 3 }),
  repeats: fc.integer({ min: 0, max: 2 }),
  arrivals: fc.integer({ min: 0, max: 6 })
})
const seed = process.env['TEST_SEED']
const settings = { numRuns: 60, ...(seed !== undefined && { seed: Number(seed) }) }

const total = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0)
const factorial = (number: number): number => (number < 2 ? 1 : number * factorial(number - 1))
/** The orders of items of which the first comes so often, the second so often, and so on. */
const multinomial = (times: readonly number[]): number =>
  times.reduce((orders, number) => orders / factorial(number), factorial(total(times)))
const spelledOut = (times: readonly number[]): string[] =>
  times.flatMap((number, place) => Array.from({ length: number }, () => letters[place] ?? ''))
const countsOf = (items: readonly string[], alphabet: readonly string[]): number[] =>
  alphabet.map(letter => items.filter(item => item === letter).length)
const isWithin = (times: readonly number[], bounds: RepetitionBounds): boolean =>
  times.every(number => number >= 1 && number <= bounds.each) &&
  total(times) - times.length <= bounds.repeats &&
  total(times) <= bounds.arrivals

/** Every list of so many numbers of 1 to 3, the slow and obvious way. */
const allTimes = (count: number): number[][] =>
  count === 0
    ? [[]]
    : allTimes(count - 1).flatMap(times => [1, 2, 3].map(number => [...times, number]))

test('the orders of some items are as many as the multinomial coefficient says, all different, of just these items', () => {
  fc.assert(
    fc.property(
      someTimes.filter(times => total(times) <= 7),
      times => {
        const orders = [...orderingsOf(spelledOut(times))]

        assert.equal(orders.length, Math.round(multinomial(times)))
        assert.equal(new Set(orders.map(String)).size, orders.length)
        for (const order of orders)
          assert.deepEqual(countsOf(order, letters.slice(0, times.length)), times)
      }
    ),
    settings
  )
})

test('the repetitions are all that the bounds allow, each once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 }), someBounds, (count, bounds) => {
      const found = [...repetitionsOf(count, bounds)]

      const expected = allTimes(count).filter(times => isWithin(times, bounds))
      assert.deepEqual(found.map(String).toSorted(), expected.map(String).toSorted())
    }),
    settings
  )
})

test('the arrivals of a history are the orders of all its repetitions, each once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), someBounds, (count, bounds) => {
      const alphabet = letters.slice(0, count)

      const arrivals = [...arrivalsOf(alphabet, bounds)]

      const expected = allTimes(count)
        .filter(times => isWithin(times, bounds))
        .map(multinomial)
      assert.equal(arrivals.length, Math.round(total(expected)))
      assert.equal(new Set(arrivals.map(String)).size, arrivals.length)
      for (const arrival of arrivals) assert.ok(isWithin(countsOf(arrival, alphabet), bounds))
    }),
    settings
  )
})

test('three callbacks with up to two repeats arrive in 192 ways', () => {
  const ways = [
    ...arrivalsOf(['queued', 'sent', 'delivered'], { each: 3, repeats: 2, arrivals: 5 })
  ]

  assert.equal(ways.length, 6 + 3 * 12 + 3 * 20 + 3 * 30)
})

test('one more item stands at every place once', () => {
  assert.deepEqual([...insertionsOf(['a', 'b'], 'x')].map(String), ['x,a,b', 'a,x,b', 'a,b,x'])
  assert.deepEqual([...insertionsOf([], 'x')].map(String), ['x'])
})

test('what is left when any of some items but the last are lost is each selection once', () => {
  assert.deepEqual([...omissionsOf(['a', 'b', 'c'])].map(String).toSorted(), [
    'a,b,c',
    'a,c',
    'b,c',
    'c'
  ])
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), count => {
      const alphabet = letters.slice(0, count)

      const left = [...omissionsOf(alphabet)]

      assert.equal(new Set(left.map(String)).size, 2 ** (count - 1))
      assert.equal(left.length, 2 ** (count - 1))
      for (const kept of left) {
        assert.equal(kept.at(-1), alphabet.at(-1))
        assert.deepEqual(kept, kept.toSorted())
      }
    }),
    settings
  )
})
