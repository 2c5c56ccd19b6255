import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Fifo } from './fifo.ts'

test('what was put in first comes out first, however much is taken between', () => {
  const fifo = new Fifo<number>()
  const taken: (number | undefined)[] = []

  for (let number = 0; number < 5000; number++) {
    fifo.push(number)
    if (number % 3 === 0) taken.push(fifo.shift())
  }
  while (fifo.size > 0) taken.push(fifo.shift())

  assert.deepEqual(
    taken,
    Array.from({ length: 5000 }, (_, number) => number)
  )
  assert.equal(fifo.shift(), undefined)
})
