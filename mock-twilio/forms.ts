import { refusal } from './errors.ts'

/*
 * What a client sent: a form, as Twilio asks for, or JSON, which is read alike. Parameter names are
 * case-sensitive and unknown ones are ignored, as Twilio does.
 */

export type Form = Readonly<Record<string, unknown>>

export const emptyForm: Form = Object.freeze({})

export function isForm(value: unknown): value is Form {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The last value, where a name is repeated. */
export function text(form: Form, name: string): string | undefined {
  const value = form[name]
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value.length === 0 ? undefined : asText(value.at(-1))
  return asText(value)
}

/** JSON alone brings anything but text: numbers, booleans, objects whose toString is no function. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** All values of a repeated name: Name=a&Name=b, and the Name[]= and Name[0]= of other languages. */
export function texts(form: Form, name: string): string[] {
  const plain = form[name] ?? form[`${name}[]`]
  if (plain !== undefined) return (Array.isArray(plain) ? plain : [plain]).map(asText)
  const values: string[] = []
  for (let index = 0; form[`${name}[${index}]`] !== undefined; index++) {
    values.push(asText(form[`${name}[${index}]`]))
  }
  return values
}

export function flag(form: Form, name: string): boolean | undefined {
  const value = text(form, name)?.toLowerCase()
  if (value === undefined || value === '') return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  throw refusal(20001, `${name} is true or false, got ${value}`)
}

export function oneOf<T extends string>(
  form: Form,
  name: string,
  allowed: readonly T[]
): T | undefined {
  const value = text(form, name)
  if (value === undefined || value === '') return undefined
  const found = allowed.find(candidate => candidate === value)
  if (found === undefined) {
    throw refusal(20001, `${name} is one of ${allowed.join(', ')}, got ${value}`)
  }
  return found
}

export function httpMethod(form: Form, name: string): 'GET' | 'POST' | undefined {
  const value = text(form, name)?.toUpperCase()
  if (value === undefined || value === '') return undefined
  if (value !== 'GET' && value !== 'POST') throw refusal(21403, value)
  return value
}

/** An address, or '' which takes one away. */
export function url(form: Form, name: string): string | undefined {
  const value = text(form, name)
  if (value === undefined || value === '') return value
  if (!isWebUrl(value)) throw refusal(21402, value)
  return value
}

/** Underscores in host names are let through, although Twilio refuses them: local set-ups are full of them. */
export function isWebUrl(value: string): boolean {
  if (!value.startsWith('http://') && !value.startsWith('https://')) return false
  return URL.canParse(value)
}
