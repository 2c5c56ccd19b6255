import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decodeCursor, pageOf } from './cursor.ts'

const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: 100 - index }))

test('a page has what was asked for, and a cursor only when more follows', () => {
  const full = pageOf(rows(3), 2)
  const last = pageOf(rows(2), 2)

  assert.deepEqual(full.page, rows(2))
  assert.equal(decodeCursor(full.next), 99)
  assert.deepEqual(last, { page: rows(2), next: undefined })
  assert.deepEqual(pageOf([], 2), { page: [], next: undefined })
})

test('a text that is no cursor of ours is refused', () => {
  for (const text of [
    '',
    'abc',
    Buffer.from('after:-1').toString('base64url'),
    Buffer.from('after:1 or 1=1').toString('base64url')
  ])
    assert.throws(() => decodeCursor(text), /is not a cursor that this API gave/)
})

test('no text at all is a cursor by accident', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      assert.throws(() => decodeCursor(text))
    })
  )
})
