import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { backoffMs, withJitter } from './backoff.ts'

const middle = () => 0.5

test('a wait doubles with every failed attempt', () => {
  const waits = [0, 1, 2, 3].map(attempts => backoffMs(attempts, { random: middle }))

  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000])
})

test('a wait never passes its limit by more than the jitter, however many attempts failed', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, chance) => {
        const wait = backoffMs(attempts, { maxMs: 60_000, random: () => chance })
        assert.ok(wait >= 400 && wait <= 72_000)
      }
    )
  )
})

test('jitter spreads a wait by 20 % to either side', () => {
  assert.deepEqual(
    [0, 0.5, 1].map(chance => withJitter(1_000, () => chance)),
    [800, 1_000, 1_200]
  )
})
