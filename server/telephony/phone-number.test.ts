import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { getCountries, getCountryCallingCode, getExampleNumber } from 'libphonenumber-js/max'
import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import examples from 'libphonenumber-js/mobile/examples'
import { isE164, parsePhoneNumber } from './phone-number.ts'

const seed = Date.now()

const reasonFor = (text: unknown) => {
  const result = parsePhoneNumber(text)
  return result.ok ? 'accepted' : result.reason
}

describe(`a phone number (seed ${seed})`, () => {
  it('is taken exactly as it was written', () => {
    for (const text of ['+16015550123', '+447911123456', '+390612345678', '+4915112345678']) {
      assert.deepEqual(parsePhoneNumber(text), { ok: true, number: text })
    }
  })

  it('of the provider that provokes an error on purpose passes', () => {
    for (let last = 0; last <= 9; last++) {
      assert.equal(reasonFor(`+1500555000${last}`), 'accepted')
    }
  })

  it('of North America passes wherever the library of all countries lets it pass', () => {
    const digits = fc.integer({ min: 0, max: 9_999_999 })
    for (let area = 200; area <= 999; area++) {
      fc.assert(
        fc.property(digits, rest => {
          const text = `+1${area}${String(rest).padStart(7, '0')}`
          const parsed = parsePhoneNumberFromString(text, { extract: false })
          const possible = parsed?.isPossible() === true && parsed.number === text
          assert.equal(parsePhoneNumber(text).ok, possible)
        }),
        { seed, numRuns: 10 }
      )
    }
  })

  it('of any country passes', () => {
    const countries = getCountries()

    for (const country of countries) {
      const example = getExampleNumber(country, examples)?.number
      assert.equal(reasonFor(example), 'accepted', `${country} ${example}`)
    }
    assert.ok(countries.length > 200)
  })

  it('in another spelling is refused, not normalised', () => {
    const spellings = [
      '+1 601 555 0123',
      '+1-601-555-0123',
      '+1(601)5550123',
      '16015550123',
      '6015550123',
      '0016015550123',
      'tel:+16015550123',
      '+16015550123 ',
      ' +16015550123',
      '+16015550123\n',
      '+16015550123\0',
      '+16015550123;ext=5',
      '+1601555CALL',
      '++16015550123',
      '+06015550123',
      '+１６０１５５５０１２３',
      '＋16015550123',
      '+١٦٠١٥٥٥٠١٢٣',
      '+1601555012³',
      '\u200e+16015550123',
      '+1234567890123456',
      '+',
      '+1',
      ''
    ]

    for (const text of spellings) {
      assert.match(reasonFor(text), /^must be E\.164 like \+15005550006, got "/, text)
      assert.equal(isE164(text), false)
    }
  })

  it('that is no string is refused by its kind', () => {
    assert.equal(reasonFor(undefined), 'must be E.164 like +15005550006, got nothing')
    assert.equal(reasonFor(null), 'must be E.164 like +15005550006, got null')
    assert.equal(reasonFor(16015550123), 'must be E.164 like +15005550006, got a number')
    assert.equal(reasonFor(['+16015550123']), 'must be E.164 like +15005550006, got an array')
    assert.equal(reasonFor({}), 'must be E.164 like +15005550006, got an object')
  })

  it('that its country could not assign is refused with the flaw', () => {
    assert.equal(
      reasonFor('+1201555012'),
      'must be a number that its country could assign, got "+1201555012", which is too short'
    )
    assert.equal(
      reasonFor('+120155501234'),
      'must be a number that its country could assign, got "+120155501234", which is too long'
    )
    assert.equal(
      reasonFor('+999123456789'),
      'must be a number that its country could assign, got "+999123456789", which begins with no country code in use'
    )
  })

  it('with the prefix dialled inside the country is refused and shown without it', () => {
    assert.equal(
      reasonFor('+4407911123456'),
      'must leave out the prefix that is dialled only inside the country: +447911123456, got "+4407911123456"'
    )
  })

  it('that is refused is shown short and with everything invisible made visible', () => {
    assert.equal(
      reasonFor('555-0100'.repeat(100)),
      `must be E.164 like +15005550006, got "${'555-0100'.repeat(5)}…"`
    )
    assert.equal(
      reasonFor('+1601\n\0\u202e\u00a0\ud800"\\5'),
      String.raw`must be E.164 like +15005550006, got "+1601\u{a}\u{0}\u{202e}\u{a0}\u{d800}\"\\5"`
    )
    assert.match(reasonFor('😀'.repeat(50)), /got "(😀){40}…"$/u)
  })

  it('is judged the same the second time, and after thousands of others', () => {
    const first = [parsePhoneNumber('+16015550123'), parsePhoneNumber('+1201555012')]

    for (let index = 0; index < 20_000; index++) {
      parsePhoneNumber(`+1601555${String(index).padStart(4, '0')}`)
    }

    assert.deepEqual([parsePhoneNumber('+16015550123'), parsePhoneNumber('+1201555012')], first)
  })

  it('that passes is what was given, and has the shape of E.164', () => {
    const codes = fc.constantFrom(...getCountries().map(country => getCountryCallingCode(country)))
    const digits = fc.stringMatching(/^[0-9]{1,13}$/)
    const numbers = fc.tuple(codes, digits).map(([code, rest]) => `+${code}${rest}`)

    fc.assert(
      fc.property(fc.oneof(numbers, fc.string({ unit: 'binary' })), text => {
        const result = parsePhoneNumber(text)
        if (result.ok) assert.ok(result.number === text && isE164(text))
        else assert.match(result.reason, /^must .+ got [^\n]*$/)
      }),
      { seed, numRuns: 2000 }
    )
  })
})
