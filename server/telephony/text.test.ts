import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { textProblem } from './text.ts'

const seed = Date.now()

describe(`a text (seed ${seed})`, () => {
  it('in any script, with line breaks and emoji, is fit', () => {
    for (const text of ['', 'Hello', 'a\tb\r\nc', 'Ünïcödé 中文 العربية', '👨‍👩‍👧 🇺🇸', '\u{10ffff}']) {
      assert.equal(textProblem(text), undefined)
    }
  })

  it('with a null byte is refused, and the place is named', () => {
    assert.equal(textProblem('abc\0d\0'), 'must not hold a null byte, got one at index 3')
  })

  it('with half of a surrogate pair is refused, and the half and its place are named', () => {
    assert.equal(
      textProblem('a😀\ud83d'),
      'must not hold half of a surrogate pair, got a lone high surrogate U+D83D at index 3'
    )
    assert.equal(
      textProblem('\ude00a'),
      'must not hold half of a surrogate pair, got a lone low surrogate U+DE00 at index 0'
    )
    assert.match(textProblem('\ude00\ud83d') ?? 'fit', /lone low surrogate U\+DE00 at index 0$/)
  })

  it('is fit exactly when UTF-8 brings it back whole and it holds no null byte', () => {
    const units = fc.array(fc.constantFrom('a', 'ß', '中', '😀', '\ud83d', '\ude00', '\0'))

    fc.assert(
      fc.property(units, parts => {
        const text = parts.join('')
        const survives = Buffer.from(text, 'utf8').toString('utf8') === text
        assert.equal(textProblem(text) === undefined, survives && !text.includes('\0'))
      }),
      { seed, numRuns: 2000 }
    )
  })
})
