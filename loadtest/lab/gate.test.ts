import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aRun } from './a-run.ts'
import { accept, judge } from './gate.ts'

const accepted = accept(aRun(), undefined)

test('a run as good as the baseline passes', () => {
  const failed = judge(aRun(), accepted).filter(({ passed }) => !passed)

  assert.deepEqual(failed, [])
})

test('a ratio a little below the baseline is noise', () => {
  const run = aRun({ ratio: 0.5 * 0.8 })

  assert.ok(judge(run, accepted).every(({ passed }) => passed))
})

test('a planted slow-down shuts the gate, and is named', () => {
  const run = aRun({ ratio: 0.5 * 0.6 })

  const failed = judge(run, accepted).filter(({ passed }) => !passed)

  assert.deepEqual(
    failed.map(({ scenario, name, kind }) => [scenario, name, kind]),
    [['fan-out-1k', 'recipients a second', 'ratio']]
  )
})

test('a ratio that could not be measured shuts the gate', () => {
  const failed = judge(aRun({ ratio: Number.NaN }), accepted).filter(({ passed }) => !passed)

  assert.equal(failed.length, 1)
})

test('one recipient who was texted twice shuts the gate, however fast it was', () => {
  const run = aRun({ ratio: 2, doubledAtProvider: 1 })

  const failed = judge(run, accepted).filter(({ passed }) => !passed)

  assert.deepEqual(
    failed.map(({ name, told }) => [name, told]),
    [['recipients: second texts to a recipient', '1, and ought to be 0']]
  )
})

test('a scenario that did not come to its end shuts the gate', () => {
  const run = aRun({ failure: 'The warm-up did not end' })

  const [first] = judge(run, accepted)

  assert.deepEqual([first?.passed, first?.told], [false, 'The warm-up did not end'])
})

test('without a baseline only promises are judged', () => {
  const verdicts = judge(aRun({ ratio: 0.001 }), undefined)

  assert.ok(verdicts.every(({ passed }) => passed))
})

test('what broke a promise is not accepted as a baseline', () => {
  const after = accept(aRun({ ratio: 0.9, doubledAtProvider: 1 }), accepted)

  assert.deepEqual(after.ratios, accepted.ratios)
})

test('accepting one scenario leaves what was accepted of the others', () => {
  const before = { ...accepted, ratios: { other: { speed: { value: 0.7, tolerance: 0.3 } } } }

  const after = accept(aRun(), before)

  assert.deepEqual(Object.keys(after.ratios).toSorted(), ['fan-out-1k', 'other'])
})
