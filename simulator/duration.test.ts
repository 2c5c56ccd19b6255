import assert from 'node:assert/strict'
import { test } from 'node:test'

import { parseDuration } from './duration.ts'

test('durations are read from ISO 8601 and from words', () => {
  const expected = {
    PT3M: 180_000,
    P1DT12H: 129_600_000,
    'PT0.5S': 500,
    P2W: 1_209_600_000,
    '3 min': 180_000,
    '250ms': 250,
    '24 h': 86_400_000,
    '2 days': 172_800_000,
    '1.5 hours': 5_400_000
  }

  const read = Object.fromEntries(Object.keys(expected).map(text => [text, parseDuration(text)]))

  assert.deepEqual(read, expected)
})

test('what is no duration is refused in words', () => {
  for (const text of ['', 'P', 'PT', '3', 'min', '3 fortnights']) {
    assert.throws(() => parseDuration(text), /a duration looks like/)
  }
})
