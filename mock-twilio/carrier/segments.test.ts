import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'
import { SegmentedMessage } from 'sms-segments-calculator'

import { countSegments, segment } from './segments.ts'

const vectors: [text: string, encoding: 'GSM-7' | 'UCS-2', segments: number][] = [
  ['', 'GSM-7', 1],
  ['a'.repeat(160), 'GSM-7', 1],
  ['a'.repeat(161), 'GSM-7', 2],
  ['a'.repeat(306), 'GSM-7', 2],
  ['a'.repeat(307), 'GSM-7', 3],
  ['a'.repeat(1600), 'GSM-7', 11],
  ['€'.repeat(80), 'GSM-7', 1],
  ['€'.repeat(81), 'GSM-7', 2],
  [`{${'a'.repeat(159)}`, 'GSM-7', 2],
  [`${'a'.repeat(152)}€${'a'.repeat(10)}`, 'GSM-7', 2],
  ['ΔΦΓΛΩΠΨΣΘΞ', 'GSM-7', 1],
  ['Ç', 'GSM-7', 1],
  ['ç', 'UCS-2', 1],
  ['`', 'UCS-2', 1],
  ['\t', 'UCS-2', 1],
  ['á'.repeat(70), 'UCS-2', 1],
  ['á'.repeat(71), 'UCS-2', 2],
  ['中'.repeat(134), 'UCS-2', 2],
  ['中'.repeat(135), 'UCS-2', 3],
  ['😀'.repeat(35), 'UCS-2', 1],
  ['😀'.repeat(36), 'UCS-2', 2],
  [`${'a'.repeat(66)}😀${'a'.repeat(60)}`, 'UCS-2', 2]
]

test('texts are cut as carriers cut them', () => {
  for (const [text, encoding, segments] of vectors) {
    const result = segment(text)
    assert.deepEqual([result.encoding, result.segments], [encoding, segments], text.slice(0, 20))
    assert.equal(countSegments(text), segments)
  }
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc.string({ unit: fc.constantFrom('a', 'é', '€', '{', ' '), maxLength: 500 }),
  fc.string({ unit: 'grapheme', maxLength: 300 })
)

test('the parts of any text join to the text', () => {
  fc.assert(
    fc.property(anyText, text => {
      const { parts, segments } = segment(text)
      assert.equal(parts.join(''), text)
      assert.equal(parts.length, segments)
      assert.equal(countSegments(text), segments)
    })
  )
})

test("a text of the GSM alphabet has as many segments as Twilio's calculator counts", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'Z', '€', '{', '^', 'é', '\n', '@'), maxLength: 700 }),
      text => {
        assert.equal(segment(text).segments, new SegmentedMessage(text, 'auto').segmentsCount)
      }
    )
  )
})
