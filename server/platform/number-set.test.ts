import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { NumberSet } from './number-set.ts'

test('a number set keeps the same numbers as a Set', () => {
  const telephoneNumber = fc.integer({ min: 1, max: 999_999_999_999_999 })
  fc.assert(
    fc.property(fc.array(fc.oneof(telephoneNumber, fc.integer({ min: 1, max: 50 }))), numbers => {
      const known = new Set<number>()
      const ours = new NumberSet()
      for (const number of numbers) {
        assert.equal(ours.add(number), !known.has(number))
        known.add(number)
      }
      assert.equal(ours.size, known.size)
      for (const number of known) assert.ok(ours.has(number))
      assert.equal(ours.has(424_242_424_242), known.has(424_242_424_242))
    })
  )
})

test('neighbouring numbers of one exchange are told apart, a hundred thousand of them', () => {
  const set = new NumberSet()

  for (let line = 0; line < 100_000; line++) assert.ok(set.add(16_015_500_000 + line))

  assert.equal(set.size, 100_000)
  assert.equal(set.add(16_015_512_345), false)
})
