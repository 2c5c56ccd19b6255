import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

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

/** Rules on a clock that the test moves. */
function rulesOnAClock(): { rules: FaultRules; at: (ms: number) => boolean } {
  let now = 0
  const rules = new FaultRules('seed', () => now)
  return {
    rules,
    at: ms => {
      now = ms
      return rules.take('outcome', {}) !== undefined
    }
  }
}

test('the first few pass, and then each so-manieth is hit', () => {
  const rules = new FaultRules('seed')
  rules.add({ ...unreachable, skip: 2, every: 3, count: 2 })

  const hits = Array.from({ length: 12 }, () => (rules.take('outcome', {}) ? 'x' : '.')).join('')

  assert.equal(hits, '....x..x....')
})

test('a rule is in force between its times, or for a while after some time', () => {
  const fixed = rulesOnAClock()
  fixed.rules.add({ ...unreachable, from: 1000, until: '1970-01-01T00:00:02Z' })
  const relative = rulesOnAClock()
  relative.rules.add({ ...unreachable, after: '1 s', for: 1000 })

  for (const { at } of [fixed, relative]) {
    assert.deepEqual([999, 1000, 1999, 2000].map(at), [false, true, true, false])
  }
})

test('a curve browns out and recovers', () => {
  const { rules, at } = rulesOnAClock()
  rules.add({
    ...unreachable,
    curve: [
      { at: 0, probability: 0 },
      { at: '1 min', probability: 1 },
      { at: '2 min', probability: 0 }
    ]
  })

  const shareFrom = (start: number) =>
    Array.from({ length: 400 }, (_, index) => at(start + index)).filter(Boolean).length / 400

  assert.ok(shareFrom(0) < 0.05)
  assert.ok(Math.abs(shareFrom(30_000) - 0.5) < 0.1)
  assert.ok(shareFrom(59_700) > 0.95)
  assert.ok(Math.abs(shareFrom(90_000) - 0.5) < 0.1)
  assert.ok(shareFrom(120_000) === 0)
})

test('a schedule that makes no sense is refused', () => {
  const rules = new FaultRules('seed')
  const curve = [1000, 1000].map(at => ({ at, probability: 1 }))

  assert.throws(() => rules.add({ ...unreachable, after: 'soon' }), RangeError)
  assert.throws(() => rules.add({ ...unreachable, from: 2000, until: 1000 }), RangeError)
  assert.throws(() => rules.add({ ...unreachable, from: 'tomorrow' }), RangeError)
  assert.throws(() => rules.add({ ...unreachable, curve }), RangeError)
  assert.ok(rules.isEmpty)
})

test('rules match by path, method, service and the beginning of a number', () => {
  const subject = {
    path: '/2010-04-01/Accounts/AC1/Messages.json',
    method: 'POST',
    service: 'MG1',
    to: '+16015550123'
  }
  const isHit = (match: NonNullable<NewFault['match']>) => {
    const rules = new FaultRules('seed')
    rules.add({ ...unreachable, match })
    return rules.take('outcome', subject) !== undefined
  }

  assert.ok(
    isHit({ path: '/2010-04-01/*', method: 'post', service_sid: 'MG1', to_prefix: '+1601' })
  )
  assert.ok(isHit({ path: subject.path }))
  for (const other of [
    { path: '/v1/*' },
    { method: 'GET' },
    { service_sid: 'MG2' },
    { to_prefix: '+1415' },
    { status: 'sent' }
  ]) {
    assert.ok(!isHit(other), JSON.stringify(other))
  }
})

test('a rule that did not apply says why, the closest one first', () => {
  const rules = new FaultRules('seed')
  rules.add({ ...unreachable, match: { operation: 'fetch-message', to: '+2' } })
  rules.add({ ...unreachable, match: { to_suffix: '99' } })
  rules.add({ ...unreachable, match: { to: '+1' }, skip: 1 })
  rules.startExplaining()

  rules.take('outcome', { operation: 'create-message', to: '+1' })
  const closest = rules.explain(7)

  assert.deepEqual(closest, {
    rule: 'fault-3',
    because: 'the first 1 pass, and this was number 1'
  })
  assert.deepEqual(rules.explanationOf(7)?.slice(1), [
    { rule: 'fault-2', because: 'to is "+1", not one that ends in 99' },
    {
      rule: 'fault-1',
      because: 'operation is "create-message", not fetch-message; to is "+1", not +2'
    }
  ])
  assert.equal(rules.list()[1]?.last_misses[0]?.because, 'to is "+1", not one that ends in 99')
})

const anyRule: fc.Arbitrary<NewFault> = fc.record(
  {
    effect: fc.constant(unreachable.effect),
    match: fc.record({ to: fc.constantFrom('+1', '+2') }, { requiredKeys: [] }),
    skip: fc.nat(3),
    every: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 1, max: 5 }),
    probability: fc.constantFrom(0.3, 0.7),
    after: fc.nat(5),
    for: fc.nat(10)
  },
  { requiredKeys: ['effect'] }
)

test('rules that are saved, written down and restored go on as if nothing had been', () => {
  const steps = fc.array(fc.constantFrom('+1', '+2', '+3'), { maxLength: 30 })
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 4 }), steps, steps, (faults, before, after) => {
      let now = 0
      const rules = new FaultRules('seed', () => now)
      for (const fault of faults) rules.add(fault)
      for (const to of before) {
        now++
        rules.take('outcome', { to })
      }

      const restored = new FaultRules('another seed', () => now)
      restored.restore(JSON.parse(JSON.stringify(rules.save())))

      for (const to of after) {
        now++
        assert.deepEqual(restored.take('outcome', { to }), rules.take('outcome', { to }))
      }
      rules.add(unreachable)
      restored.add(unreachable)
      assert.deepEqual(
        restored.list().map(({ id }) => id),
        rules.list().map(({ id }) => id)
      )
      assert.deepEqual(
        restored.list().map(({ applied, matched }) => [applied, matched]),
        rules.list().map(({ applied, matched }) => [applied, matched])
      )
    })
  )
})
