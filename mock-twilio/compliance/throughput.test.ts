import assert from 'node:assert/strict'
import { test } from 'node:test'

import { throughputOf } from './throughput.ts'

test('a better score never lets less through', () => {
  for (const usecase of ['K12_EDUCATION', 'MIXED', 'LOW_VOLUME', 'SOLE_PROPRIETOR']) {
    let before = throughputOf(usecase, null)
    for (let score = 0; score <= 100; score++) {
      const now = throughputOf(usecase, score)
      assert.ok(now.mps >= before.mps && now.tmobileDailyCap >= before.tmobileDailyCap)
      assert.ok(now.attMps <= now.mps)
      before = now
    }
  }
})

test('mixed purposes are a class of their own, and small ones have no other', () => {
  assert.equal(throughputOf('K12_EDUCATION', 80).attMessageClass, 'A')
  assert.equal(throughputOf('MARKETING', 80).attMessageClass, 'B')
  assert.equal(throughputOf('MIXED', 10).attMessageClass, 'F')
  assert.deepEqual(throughputOf('LOW_VOLUME', 100), throughputOf('LOW_VOLUME', null))
})
