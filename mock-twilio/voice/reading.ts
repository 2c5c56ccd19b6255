import type { TwimlElement } from '../carrier/twiml.ts'

/*
 * Reading a verb: what it says of itself, and what is wrong with it. As at Twilio, a wrong attribute is warned of and
 * counts as if it were not there.
 */

export interface TwimlProblem {
  /** https://www.twilio.com/docs/api/errors */
  code: number
  message: string
  /** A warning, unless it says otherwise. */
  isError?: true
}

export type Element = TwimlElement
export type Method = 'GET' | 'POST'

export interface Reading {
  readonly problems: TwimlProblem[]
}

export function warn({ problems }: Reading, code: number, message: string): void {
  problems.push({ code, message })
}

/** Names are case-sensitive: https://www.twilio.com/docs/voice/twiml */
export function expectAttributes(
  reading: Reading,
  { name, attributes }: Element,
  ...known: readonly string[]
): void {
  for (const attribute of Object.keys(attributes)) {
    if (known.includes(attribute) || attribute.startsWith('xmlns')) continue
    warn(reading, 12200, `${name} has no attribute ${attribute}`)
  }
}

export function methodOf(
  reading: Reading,
  { name, attributes }: Element,
  code: number,
  attribute = 'method'
): Method {
  const { [attribute]: given = 'POST' } = attributes
  const method = given.toUpperCase()
  if (method === 'GET' || method === 'POST') return method
  warn(reading, code, `the ${attribute} of ${name} is GET or POST, got "${cut(given)}"`)
  return 'POST'
}

export function numberOf(
  reading: Reading,
  { name, attributes }: Element,
  attribute: string,
  is: { usual: number; least: number; most: number; code: number }
): number {
  const given = attributes[attribute]
  if (given === undefined) return is.usual
  const value = /^\d{1,7}$/.test(given) ? Number(given) : Number.NaN
  if (value >= is.least && value <= is.most) return value
  const range = `a whole number from ${is.least} to ${is.most}`
  warn(reading, is.code, `${attribute} of ${name} is ${range}, got "${cut(given)}"`)
  return is.usual
}

export function flagOf(
  reading: Reading,
  { name, attributes }: Element,
  attribute: string,
  is: { usual: boolean; code: number }
): boolean {
  const given = attributes[attribute]?.toLowerCase()
  if (given === undefined) return is.usual
  if (given === 'true' || given === 'false') return given === 'true'
  warn(reading, is.code, `${attribute} of ${name} is true or false, got "${cut(given)}"`)
  return is.usual
}

export function choiceOf<T extends string>(
  reading: Reading,
  { name, attributes }: Element,
  attribute: string,
  is: { among: readonly T[]; usual: T; code: number }
): T {
  const given = attributes[attribute]
  if (given === undefined) return is.usual
  const found = is.among.find(known => known === given)
  if (found !== undefined) return found
  warn(
    reading,
    is.code,
    `${attribute} of ${name} is one of ${is.among.join(', ')}, got "${cut(given)}"`
  )
  return is.usual
}

/** An address; '' is as if it were not there. */
export function urlOf({ attributes }: Element, attribute: string): string | null {
  return attributes[attribute]?.trim() || null
}

/** Several words in one attribute, as the SDKs join them. */
export function wordsOf({ attributes }: Element, attribute: string): string[] {
  return (attributes[attribute] ?? '').split(/[\s,]+/).filter(word => word !== '')
}

export function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
