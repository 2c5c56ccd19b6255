import { refusal } from '../errors.ts'

/*
 * The pattern of a search for numbers: digits, letters as on a telephone's keys, `*` for any one digit and `%`
 * for any at the beginning and the end, a leading `+` for the beginning of the number (with its country code),
 * a trailing `$` for its end. Without these it may lie anywhere in the national number.
 * https://www.twilio.com/docs/phone-numbers/api/availablephonenumberlocal-resource
 */
export interface NumberPattern {
  /** Digits, and `*` for any. */
  readonly digits: string
  readonly isStart: boolean
  readonly isEnd: boolean
}

const syntax = /^(\+?)[*%]*([0-9a-zA-Z]+)[*%]*(\$?)$/
const keys = ['ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ']

export function readPattern(text: string): NumberPattern {
  const [, start, core = '', end] = syntax.exec(text) ?? []
  if (text.length < 2 || text.length > 16 || core.length < 2) {
    throw refusal(20001, `Contains is 2 to 16 digits and letters, with * at the ends, got ${text}`)
  }
  const digits = text
    .replace(/^\+|\$$/g, '')
    .replace(/[a-zA-Z]/g, letter =>
      String(2 + keys.findIndex(key => key.includes(letter.toUpperCase())))
    )
  return {
    // A sequence of any length may be none at all: it only undoes an anchor.
    digits: digits.replaceAll('%', ''),
    isStart: start === '+' && !digits.startsWith('%'),
    isEnd: end === '$' && !digits.endsWith('%')
  }
}

/**
 * Where the pattern can lie in a number of this length, each as a mask of the national number: digits that are
 * given, and `*`.
 */
export function masksOf(
  { digits, isStart, isEnd }: NumberPattern,
  callingCode: string,
  nationalLength: number
): string[] {
  const total = callingCode.length + nationalLength
  const first = isStart || digits.length > nationalLength ? 0 : callingCode.length
  const last = total - digits.length
  const masks = new Set<string>()
  for (let at = isEnd ? last : first; at >= first && at <= (isStart ? first : last); at++) {
    const mask = '*'.repeat(at) + digits + '*'.repeat(total - at - digits.length)
    if (covers(mask.slice(0, callingCode.length), callingCode)) {
      masks.add(mask.slice(callingCode.length))
    }
  }
  return [...masks]
}

export function covers(mask: string, digits: string): boolean {
  for (let index = 0; index < mask.length; index++) {
    if (mask[index] !== '*' && mask[index] !== digits[index]) return false
  }
  return true
}
