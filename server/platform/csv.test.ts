import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { csvLine, csvValues } from './csv.ts'

test('values with commas and quotes come back as they went', () => {
  const value = fc.string({ unit: fc.constantFrom('a', ',', '"', ' ', 'é', '😀') })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), values => {
      assert.deepEqual(csvValues(csvLine(values)), values)
    }),
    { seed: Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31)) }
  )
})

test('a line whose quotes do not match is none', () => {
  for (const line of ['"a', 'a"b', '"a"b', 'a,"', '"a""'])
    assert.equal(csvValues(line), undefined, line)
})
