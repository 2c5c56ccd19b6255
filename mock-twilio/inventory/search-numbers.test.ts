import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { lookUpNumber } from '../number-lookup.ts'
import { describeNumber, type AvailableNumber } from './available-number.ts'
import { countryNames, typesOf } from './countries.ts'
import { areas } from './north-america.ts'
import { readPattern } from './number-pattern.ts'
import { searchNumbers, type NumberSearch } from './search-numbers.ts'

const everyOne = () => true

function find(count: number, search: Partial<NumberSearch> = {}, seed = 'test'): AvailableNumber[] {
  const numbers = searchNumbers(seed, { country: 'US', type: 'local', admits: everyOne, ...search })
  return [...numbers.take(count)]
}

function phoneNumbers(numbers: readonly AvailableNumber[]): string[] {
  return numbers.map(({ phoneNumber }) => phoneNumber)
}

test('every state has numbers, and every number of the table an area of its country', () => {
  const states = new Set([...areas.values()].filter(({ country }) => country === 'US').map(areaOf))

  assert.equal(states.size, 51)
  for (const { areaCode, country } of areas.values()) {
    const lookup = lookUpNumber(`+1${areaCode}4327654`, 'US')
    assert.equal(lookup.valid && lookup.number.country, country, areaCode)
  }
})

test('all that is for sale is a valid number of its country', () => {
  for (const country of countryNames.keys()) {
    for (const type of typesOf(country)) {
      for (const { phoneNumber } of find(40, { country, type })) {
        const lookup = lookUpNumber(phoneNumber, 'US')
        const isShared = type === 'toll-free' && country === 'CA'
        const found = lookup.valid && (isShared ? 'CA' : lookup.number.country)
        assert.equal(found, country, `${type} ${phoneNumber}`)
      }
    }
  }
})

test('a local number of North America says where it lies, in full', () => {
  for (const number of find(100)) {
    const { region, lata, locality, postalCode } = number
    assert.ok(region !== null && lata !== null && locality !== null && postalCode !== null)
    assert.ok(locality.postalCodes.includes(postalCode))
    assert.match(locality.rateCenter, /^[A-Z]+$/)
  }
})

test('the same seed shows the same numbers, and another seed others', () => {
  const numbers = phoneNumbers(find(30))

  assert.deepEqual(phoneNumbers(find(30)), numbers)
  assert.notDeepEqual(phoneNumbers(find(30, {}, 'other')), numbers)
})

test('the inventory has no end, and repeats nothing', () => {
  const numbers = phoneNumbers(find(20_000, { areaCode: '601' }))

  assert.equal(new Set(numbers).size, 20_000)
})

test('a search for what cannot be ends', () => {
  assert.deepEqual(find(1, { admits: () => false }), [])
  assert.deepEqual(find(1, { areaCode: '211' }), [])
  assert.deepEqual(find(1, { pattern: readPattern('+4420') }), [])
})

test('a pattern lies anywhere, or at the beginning or the end when it says so', () => {
  const by = (pattern: string) => phoneNumbers(find(60, { pattern: readPattern(pattern) }))

  for (const number of by('4327')) assert.match(number.slice(2), /4327/)
  for (const number of by('510432****')) assert.match(number, /^\+1510432\d{4}$/)
  for (const number of by('***4327')) assert.match(number.slice(2), /\d{3}4327/)
  for (const number of by('+1601')) assert.match(number, /^\+1601/)
  for (const number of by('4327$')) assert.match(number, /4327$/)
  for (const number of by('%4327%')) assert.match(number.slice(2), /4327/)
  for (const number of by('SCHOOL')) assert.match(number.slice(2), /724665/)
  assert.deepEqual(by('+16014321234'), ['+16014321234'])
  assert.ok(by('4327').length === 60)
})

test('any run of digits of a number finds that number', () => {
  const digits = fc.stringMatching(/^[2-9]\d{2}[2-9][02-9]\d[0-9]{4}$/)
  const run = fc.tuple(digits, fc.nat(8), fc.integer({ min: 2, max: 10 }))
  const property = fc.property(run, ([national, from, length]) => {
    const text = national.slice(from, from + length)
    fc.pre(text.length >= 2)
    const numbers = phoneNumbers(find(25, { pattern: readPattern(text) }))
    assert.equal(new Set(numbers).size, numbers.length)
    for (const number of numbers) assert.ok(number.slice(2).includes(text), `${number} has ${text}`)
  })

  const seed = Number(process.env['TEST_SEED'] ?? 601_555)
  fc.assert(property, { numRuns: 100, seed })
})

test('a number keeps its nature, whoever looks', () => {
  const number = fc.stringMatching(/^\+1[2-9]\d{9}$/)
  const property = fc.property(number, phoneNumber => {
    const described = describeNumber(phoneNumber)
    assert.deepEqual(describeNumber(phoneNumber), described)
    assert.ok(described.capabilities.voice)
    assert.ok(!described.capabilities.mms || described.capabilities.sms)
  })

  const seed = Number(process.env['TEST_SEED'] ?? 601_555)
  fc.assert(property, { numRuns: 500, seed })
})

function areaOf({ region }: { region: string }): string {
  return region
}
