import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { operations } from '../../mock-twilio/operations.ts'
import { runFuzz, type FuzzReport } from './fuzz/run-fuzz.ts'

const bounds = { requests: 10_000, seconds: 300 }

function assertNoFailures(
  t: TestContext,
  seed: string,
  { failures, sent, seconds }: FuzzReport
): void {
  t.diagnostic(
    `${sent} requests in ${seconds.toFixed(1)} s; npm run fuzz -- --seed ${seed} goes on`
  )
  const told = failures.map(
    ({ complaint, epoch, index, count, curl }) =>
      `${complaint}\n  ${count} times, first in epoch ${epoch} at ${index} of seed ${seed}\n  ${curl.slice(0, 2000)}`
  )
  assert.deepEqual(told, [])
  assert.equal(sent, bounds.requests, 'there was no time for all of them')
}

test('ten thousand requests, from sound to absurd, are all answered as Twilio would or refused so', async t => {
  const report = await runFuzz({ ...bounds, seed: 'fuzz' })

  assertNoFailures(t, 'fuzz', report)
  const missed = operations
    .filter(({ method, path }) => !report.reached.has(`${method} ${path}`))
    .map(({ name }) => name)
  t.diagnostic(`operations that no request got through to: ${missed.join(', ') || 'none'}`)
  assert.ok(
    missed.length <= operations.length / 4,
    `too many are out of reach: ${missed.join(', ')}`
  )
})

test('ten thousand others are, too', async t => {
  const seed = process.env['TEST_SEED'] ?? String(Date.now())

  assertNoFailures(t, seed, await runFuzz({ ...bounds, seed }))
})
