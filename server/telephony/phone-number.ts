import type { ValidatePhoneNumberLengthResult } from 'libphonenumber-js/min'
import { parsePhoneNumberFromString, validatePhoneNumberLength } from 'libphonenumber-js/min'

declare const checked: unique symbol

/** An E.164 number that its country could assign. Only parsePhoneNumber makes one. */
export type PhoneNumber = string & { readonly [checked]: 'PhoneNumber' }

export type PhoneNumberResult = { ok: true; number: PhoneNumber } | { ok: false; reason: string }

// ITU-T E.164: a plus and at most 15 digits, of which the first belongs to a country code and is
// never 0. `$` without the m flag would still match nothing but the very end: a trailing newline fails.
const e164 = /^\+[1-9][0-9]{1,14}$/

// Ten digits of the North American Numbering Plan, the first of which is no trunk prefix: the library takes
// them all, at a hundred times the cost. The provider's test numbers are among them, whatever becomes of
// area code 500 in the library's next release. https://www.twilio.com/docs/iam/test-credentials
const northAmerican = /^\+1[2-9][0-9]{9}$/

/** The right shape, whether or not any country could assign it. */
export const isE164 = (text: unknown): text is string => typeof text === 'string' && e164.test(text)

/**
 * Takes the number as it stands or refuses it with the end of a sentence that begins with the field's
 * name: "receiver_number" + " must be E.164 like +15005550006, got "555-0100"". Nothing is
 * normalised: a client that sends "+1 601 555 0100" would otherwise never find it again under that spelling.
 */
export const parsePhoneNumber = (text: unknown): PhoneNumberResult => {
  if (!isE164(text)) {
    return { ok: false, reason: `must be E.164 like +15005550006, got ${finding(text)}` }
  }
  if (northAmerican.test(text)) return accepted(text)
  const known = recentlyJudged(text)
  if (known !== undefined) return known
  return remember(text, judge(text))
}

/** What is wrong with the number, as `parsePhoneNumber` says it; undefined when nothing is. */
export const phoneNumberProblem = (text: unknown): string | undefined => {
  const result = parsePhoneNumber(text)
  return result.ok ? undefined : result.reason
}

const judge = (text: string): PhoneNumberResult => {
  const parsed = parsePhoneNumberFromString(text, { extract: false })
  if (!parsed?.isPossible()) {
    return {
      ok: false,
      reason: `must be a number that its country could assign, got "${text}", which ${flaw(text)}`
    }
  }
  // "+4407911123456": the library drops the 0 that is dialled only inside the country.
  if (parsed.number !== text) {
    return {
      ok: false,
      reason: `must leave out the prefix that is dialled only inside the country: ${parsed.number}, got "${text}"`
    }
  }
  return accepted(text)
}

const accepted = (text: string): PhoneNumberResult => ({ ok: true, number: text as PhoneNumber })

const otherFlaw = 'has a length that its country does not use'

const flaws: Record<ValidatePhoneNumberLengthResult, string> = {
  TOO_SHORT: 'is too short',
  TOO_LONG: 'is too long',
  INVALID_COUNTRY: 'begins with no country code in use',
  INVALID_LENGTH: otherFlaw,
  NOT_A_NUMBER: otherFlaw
}

const flaw = (text: string) => flaws[validatePhoneNumberLength(text) ?? 'INVALID_LENGTH']

const longestFinding = 40

const finding = (text: unknown) => {
  if (text === null) return 'null'
  if (text === undefined) return 'nothing'
  if (Array.isArray(text)) return 'an array'
  if (typeof text !== 'string') return typeof text === 'object' ? 'an object' : `a ${typeof text}`
  const characters = Array.from(text.slice(0, 2 * longestFinding + 1))
  const shown = characters.slice(0, longestFinding).map(visible).join('')
  return characters.length > longestFinding ? `"${shown}…"` : `"${shown}"`
}

// Controls, format characters (zero width, right-to-left), lone surrogates and unusual spaces would
// hide from the reader the very thing that is wrong, or forge a line in a log.
const unseen = /[\p{C}\p{Z}"\\]/u

const visible = (character: string) => {
  if (character === ' ' || !unseen.test(character)) return character
  if (character === '"' || character === '\\') return `\\${character}`
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

// Elsewhere judging takes some 5 µs, and most traffic goes to numbers just seen. Two generations make a bounded,
// roughly least-recently-used memory without bookkeeping per hit: a full `young` becomes `old`, what is
// found in `old` moves up. The judgement depends on the text alone, so it never has to be forgotten early.
const generationSize = 8192
let young = new Map<string, PhoneNumberResult>()
let old = new Map<string, PhoneNumberResult>()

const recentlyJudged = (text: string) => {
  const fresh = young.get(text)
  if (fresh !== undefined) return fresh
  const aged = old.get(text)
  return aged === undefined ? undefined : remember(text, aged)
}

const remember = (text: string, result: PhoneNumberResult) => {
  if (young.size >= generationSize) {
    old = young
    young = new Map()
  }
  young.set(text, result)
  return result
}
