import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { NewFault } from './fault-schema.ts'
import { FaultRules } from './faults.ts'

const unreachable: NewFault = { effect: { type: 'outcome', status: 'undelivered' } }

test('a rule applies as often as its count says', () => {
  const rules = new FaultRules('seed')
  rules.add({ ...unreachable, count: 2 })

  const taken = [1, 2, 3].map(() => rules.take('outcome', {}) !== undefined)

  assert.deepEqual(taken, [true, true, false])
  assert.equal(rules.list()[0]?.applied, 2)
})

test('a rule applies only to what it matches', () => {
  const rules = new FaultRules('seed')
  rules.add({ ...unreachable, match: { to_suffix: '99', body_contains: 'bus' } })

  assert.ok(rules.take('outcome', { to: '+199', body: 'the bus is late' }))
  assert.equal(rules.take('outcome', { to: '+198', body: 'the bus is late' }), undefined)
  assert.equal(rules.take('outcome', { to: '+199', body: 'the train' }), undefined)
  assert.equal(rules.take('http', { to: '+199', body: 'the bus is late' }), undefined)
})

test('chance comes from the seed', () => {
  const drawn = (seed: string) => {
    const rules = new FaultRules(seed)
    rules.add({ ...unreachable, probability: 0.5 })
    return Array.from({ length: 64 }, () => (rules.take('outcome', {}) ? 1 : 0)).join('')
  }

  assert.equal(drawn('a'), drawn('a'))
  assert.notEqual(drawn('a'), drawn('b'))
})

test('a rule for callbacks may name the status that it is about', () => {
  const rules = new FaultRules('seed')
  rules.add({ effect: { type: 'callback', fault: 'drop', status: 'delivered' } })

  assert.equal(rules.take('callback', { status: 'sent' }), undefined)
  assert.ok(rules.take('callback', { status: 'delivered' }))
})

test('a removed rule applies no more', () => {
  const rules = new FaultRules('seed')
  const { id } = rules.add(unreachable)

  assert.ok(rules.remove(id))
  assert.ok(!rules.remove(id))
  assert.equal(rules.take('outcome', {}), undefined)
})
