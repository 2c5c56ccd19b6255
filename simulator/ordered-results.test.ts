import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { OrderedResults } from './ordered-results.ts'

test('answers are heard in the order of asking, whatever the order of answering', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 8 }),
      async answers => {
        const results = new OrderedResults()
        const asked = answers.map(() => Promise.withResolvers<number>())
        const heard: number[] = []
        const all = asked.map(async ({ promise }, index) => {
          // Some need a few more turns until they act upon it.
          await results.inTurn(promise).catch(() => undefined)
          for (let turn = 0; turn < index % 3; turn++) await Promise.resolve()
          heard.push(index)
        })

        const order = answers
          .map(([rank], index) => ({ rank, index }))
          .toSorted((a, b) => a.rank - b.rank)
        for (const { index } of order) {
          if (answers[index]?.[1] === true) asked[index]?.resolve(index)
          else asked[index]?.reject(new Error('no answer'))
          await Promise.resolve()
        }
        await Promise.all(all)

        assert.deepEqual(heard, answers.keys().toArray())
      }
    )
  )
})
