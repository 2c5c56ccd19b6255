import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'

import { hmacSha1 } from './hmac.ts'

test('every text is signed under every key as by the platform', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 })
  const token = fc.string({ maxLength: 70 })
  const property = fc.property(fc.oneof(token, text), text, (key, message) => {
    const expected = createHmac('sha1', key).update(message, 'utf8').digest('base64')

    assert.equal(hmacSha1(key, message), expected)
  })

  const seed = Number(process.env['TEST_SEED'] ?? 601_555)
  fc.assert(property, { numRuns: 500, seed })
})
