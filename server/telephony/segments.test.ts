import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { SegmentedMessage } from 'sms-segments-calculator'
import { countSegments, encodingOf, segmentsOf } from './segments.ts'
import type { Encoding } from './segments.ts'

const seed = Date.now()

const a = (times: number) => 'a'.repeat(times)

// Text, encoding, units, segments.
const vectors: [string, Encoding, number, number][] = [
  ['', 'GSM-7', 0, 1],
  ['Hello', 'GSM-7', 5, 1],
  [a(160), 'GSM-7', 160, 1],
  [a(161), 'GSM-7', 161, 2],
  [a(306), 'GSM-7', 306, 2],
  [a(307), 'GSM-7', 307, 3],
  [a(459), 'GSM-7', 459, 3],
  [a(460), 'GSM-7', 460, 4],
  [a(1600), 'GSM-7', 1600, 11],
  ['€'.repeat(80), 'GSM-7', 160, 1],
  ['€'.repeat(81), 'GSM-7', 162, 2],
  [`{${a(158)}`, 'GSM-7', 160, 1],
  [`{${a(159)}`, 'GSM-7', 161, 2],
  [`${a(152)}€${a(10)}`, 'GSM-7', 164, 2],
  ['^{}\\[~]|€', 'GSM-7', 18, 1],
  ['\f', 'GSM-7', 2, 1],
  [`${a(159)}\n`, 'GSM-7', 160, 1],
  ['à'.repeat(160), 'GSM-7', 160, 1],
  ['ÄÖÜäöüß ñ é è', 'GSM-7', 13, 1],
  ['ΔΦΓΛΩΠΨΣΘΞ', 'GSM-7', 10, 1],
  ['Ç', 'GSM-7', 1, 1],
  ['ç', 'UCS-2', 1, 1],
  ['á'.repeat(70), 'UCS-2', 70, 1],
  ['á'.repeat(71), 'UCS-2', 71, 2],
  ['Ünïcödé', 'UCS-2', 7, 1],
  ['It’s', 'UCS-2', 4, 1],
  [`${a(69)}’`, 'UCS-2', 70, 1],
  [`${a(70)}’`, 'UCS-2', 71, 2],
  ['中'.repeat(70), 'UCS-2', 70, 1],
  ['中'.repeat(71), 'UCS-2', 71, 2],
  ['中'.repeat(134), 'UCS-2', 134, 2],
  ['中'.repeat(135), 'UCS-2', 135, 3],
  ['中'.repeat(1600), 'UCS-2', 1600, 24],
  ['😀', 'UCS-2', 2, 1],
  ['😀'.repeat(35), 'UCS-2', 70, 1],
  ['😀'.repeat(36), 'UCS-2', 72, 2],
  [`${a(66)}😀${a(3)}`, 'UCS-2', 71, 2],
  [`${a(66)}😀${a(60)}`, 'UCS-2', 128, 2],
  ['👨‍👩‍👧', 'UCS-2', 8, 1],
  ['🇺🇸', 'UCS-2', 4, 1],
  ['`', 'UCS-2', 1, 1],
  ['\t', 'UCS-2', 1, 1]
]

/** What the provider's own calculator says, without its smart encoding. */
const calculated = (text: string) => {
  const message = new SegmentedMessage(text, 'auto', false)
  const segments = message.segments.map(segment =>
    segment.flatMap((part: { raw?: string }) => part.raw ?? []).join('')
  )
  return { encoding: message.encodingName, segments }
}

const limits = { 'GSM-7': [160, 153], 'UCS-2': [70, 67] } as const

const unitsIn = (segment: string, encoding: Encoding) =>
  encoding === 'UCS-2'
    ? segment.length
    : segment.length + (segment.match(/[\f^{}\\[~\]|€]/g)?.length ?? 0)

const isOneUnitEach = (text: string) =>
  Array.from(new Intl.Segmenter().segment(text)).every(
    ({ segment }) => Array.from(segment).length === 1 || segment === '\r\n'
  )

const graphemeStarts = (text: string) =>
  Array.from(new Intl.Segmenter().segment(text), ({ index }) => index)

const oneOf = (characters: string) => fc.constantFrom(...Array.from(characters))

const gsmCharacter = oneOf('abc XYZ 012 .,!?@£éàÇ\n\rΔΩ^{}\\[~]|€\f')
const wideCharacter = oneOf('abc çáï 中文 ’“”…– `\t^{€ 😀🎉😀🎒')
const graphemes = fc.constantFrom('a', '中', '😀', '👨‍👩‍👧', '🇺🇸', '👍🏽', 'e\u0301', '❤️', '\r\n')

const textOf = (character: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(character, { maxLength, size: 'max' }).map(parts => parts.join(''))

const shortOrLong = (character: fc.Arbitrary<string>) =>
  fc.oneof(
    { arbitrary: textOf(character, 40), weight: 12 },
    { arbitrary: textOf(character, 350), weight: 2 }
  )

const anyText = fc.oneof(
  shortOrLong(gsmCharacter),
  shortOrLong(wideCharacter),
  shortOrLong(graphemes),
  fc.string({ unit: 'binary' })
)

describe(`the segments of a text (seed ${seed})`, () => {
  it('are those of the known vectors', () => {
    for (const [text, encoding, units, count] of vectors) {
      const named = `${JSON.stringify(text.slice(0, 12))}, ${text.length} units of UTF-16`
      assert.deepEqual(countSegments(text), { encoding, units, count }, named)
      assert.equal(segmentsOf(text).segments.length, count, named)
      assert.equal(encodingOf(text), encoding, named)
    }
  })

  it('never split an escape from its character', () => {
    assert.deepEqual(segmentsOf(`${a(152)}€${a(10)}`).segments, [a(152), `€${a(10)}`])
  })

  it('never split a surrogate pair', () => {
    assert.deepEqual(segmentsOf(`${a(66)}😀${a(60)}`).segments, [a(66), `😀${a(60)}`])
  })

  it('are counted by the halves when surrogates stand alone', () => {
    assert.deepEqual(countSegments('\ud83d'.repeat(71)), { encoding: 'UCS-2', units: 71, count: 2 })
    assert.equal(segmentsOf('\ude00'.repeat(71)).segments[0]?.length, 67)
  })

  it('hold the 137 characters of both tables as GSM-7 and no others', () => {
    let count = 0
    for (let unit = 0; unit < 0x10000; unit++) {
      if (encodingOf(String.fromCharCode(unit)) === 'GSM-7') count++
    }

    assert.equal(count, 127 + 10)
  })

  it('join to the text, each within its limit and none that the one before had room for', () => {
    fc.assert(
      fc.property(anyText, text => {
        const { encoding, units, segments } = segmentsOf(text)
        const [alone, part] = limits[encoding]
        const limit = segments.length === 1 ? alone : part

        assert.equal(segments.join(''), text)
        assert.equal(
          units,
          segments.reduce((sum, segment) => sum + unitsIn(segment, encoding), 0)
        )
        segments.forEach((segment, index) => {
          const next = Array.from(segments[index + 1] ?? '')[0]
          assert.ok(unitsIn(segment, encoding) <= limit)
          if (next) assert.ok(unitsIn(segment, encoding) + unitsIn(next, encoding) > limit)
        })
      }),
      { seed, numRuns: 3000 }
    )
  })

  it('are counted as they are split', () => {
    fc.assert(
      fc.property(anyText, text => {
        const { encoding, units, segments } = segmentsOf(text)
        assert.deepEqual(countSegments(text), { encoding, units, count: segments.length })
      }),
      { seed, numRuns: 3000 }
    )
  })

  it('are those of the provider’s calculator', () => {
    const texts = fc.oneof(shortOrLong(gsmCharacter), shortOrLong(wideCharacter))

    fc.assert(
      fc.property(texts.filter(isOneUnitEach), text => {
        const { encoding, segments } = segmentsOf(text)
        assert.deepEqual({ encoding, segments }, calculated(text))
      }),
      { seed, numRuns: 2000 }
    )
  })

  // The calculator keeps together what a person sees as one character; a carrier counts units. It is the
  // page that advises a sender, so for these texts it may show other splits than were billed.
  const knownDifferences = [
    {
      name: 'a family is split between two of its members',
      text: `${a(64)}👨‍👩‍👧${a(9)}`,
      ours: [`${a(64)}👨\u200d`, `👩‍👧${a(9)}`],
      theirs: [a(64), `👨‍👩‍👧${a(9)}`]
    },
    {
      name: 'a flag is split between its two letters',
      text: `${a(65)}🇺🇸${a(9)}`,
      ours: [`${a(65)}🇺`, `🇸${a(9)}`],
      theirs: [a(65), `🇺🇸${a(9)}`]
    },
    {
      name: 'a skin tone is split from its hand',
      text: `${a(65)}👍🏽${a(9)}`,
      ours: [`${a(65)}👍`, `🏽${a(9)}`],
      theirs: [a(65), `👍🏽${a(9)}`]
    },
    {
      name: 'a combining accent is split from its letter',
      text: `${a(66)}e\u0301${a(9)}`,
      ours: [`${a(66)}e`, `\u0301${a(9)}`],
      theirs: [a(66), `e\u0301${a(9)}`]
    }
  ]

  for (const { name, text, ours, theirs } of knownDifferences) {
    it(`differ from the calculator’s in this: ${name}`, () => {
      assert.deepEqual(segmentsOf(text).segments, ours)
      assert.deepEqual(calculated(text).segments, theirs)
    })
  }

  it('differ from the calculator’s only inside what a person sees as one character', () => {
    fc.assert(
      fc.property(shortOrLong(graphemes), text => {
        const theirs = calculated(text)
        const ours = segmentsOf(text)
        assert.equal(ours.encoding, theirs.encoding)

        const first = ours.segments.findIndex((segment, i) => segment !== theirs.segments[i])
        if (first === -1) return assert.deepEqual(ours.segments, theirs.segments)
        const cut = ours.segments.slice(0, first + 1).join('').length
        assert.ok(!graphemeStarts(text).includes(cut), `cut at ${cut} of ${JSON.stringify(text)}`)
      }),
      { seed, numRuns: 1000 }
    )
  })
})
