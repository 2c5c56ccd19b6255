import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { Random } from './random.ts'

test('the same seed gives the same draws, another seed others', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (seed, other) => {
      const draws = (from: string) => {
        const random = new Random(from)
        return [random.uint32(), random.fraction(), random.hex(32), random.uuid()].join()
      }

      assert.equal(draws(seed), draws(seed))
      if (seed !== other) assert.notEqual(draws(seed), draws(other))
    })
  )
})

test('a draw between two bounds stays between them and reaches both', () => {
  const random = new Random('dice')
  const rolls = new Set(Array.from({ length: 1000 }, () => random.between(1, 6)))

  assert.deepEqual(
    [...rolls].toSorted((a, b) => a - b),
    [1, 2, 3, 4, 5, 6]
  )
})

test('a uuid is one of version 4', () => {
  assert.match(
    new Random('x').uuid(),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  )
})

test('a stream goes on from where its state was written down', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(50), (seed, drawn) => {
      const random = new Random(seed)
      for (let index = 0; index < drawn; index++) random.uint32()

      const restored = Random.fromState(JSON.parse(JSON.stringify(random.state)))

      assert.deepEqual([restored.hex(32), restored.uuid()], [random.hex(32), random.uuid()])
    })
  )
})
