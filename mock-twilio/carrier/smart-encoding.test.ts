import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'
import { SegmentedMessage } from 'sms-segments-calculator'

import { segment } from './segments.ts'
import { smartEncode } from './smart-encoding.ts'

const seeded = process.env['TEST_SEED'] ? { seed: Number(process.env['TEST_SEED']) } : {}

test('look-alikes become letters of the GSM alphabet, and everything else stays', () => {
  assert.equal(smartEncode('It’s “½ price” — today…'), 'It\'s "1/2 price" - today...')
  assert.equal(smartEncode('Grüße, ço 😀'), 'Grüße, ço 😀')
  assert.equal(smartEncode('a\u200bb\tc'), 'ab       c')
  assert.equal(smartEncode('plain\ntext'), 'plain\ntext')
})

test("every character is replaced as in Twilio's calculator", () => {
  for (let code = 0; code <= 0xffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue
    const character = String.fromCharCode(code)
    const mine = smartEncode(character)
    const theirs = new SegmentedMessage(character, 'auto', true).graphemes.join('')
    if (mine !== theirs) assert.equal(mine, theirs, `U+${code.toString(16)}`)
  }
})

test("a smart text has the encoding and the segments of Twilio's calculator", () => {
  const unit = fc.constantFrom(
    'a',
    'Z',
    '’',
    '“',
    '…',
    '½',
    '€',
    '{',
    '–',
    '\t',
    '`',
    '•',
    'Ａ',
    '@'
  )
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 500 }), text => {
      const mine = segment(smartEncode(text))
      const theirs = new SegmentedMessage(text, 'auto', true)
      assert.deepEqual([mine.encoding, mine.segments], [theirs.encodingName, theirs.segmentsCount])
    }),
    seeded
  )
})
