import { refusal, type RefusalCode } from '../errors.ts'
import { text, type Form } from '../forms.ts'
import { isSid, type SidPrefix } from '../ids.ts'
import type { Attributes } from '../resources/compliance-object.ts'

/** Longer than anything that anybody has to say of a business. */
const usualLimit = 4096

export function requiredText(form: Form, name: string, code: RefusalCode = 20001): string {
  const value = shortText(form, name)
  if (!value) throw refusal(code, `Missing required parameter ${name}`)
  return value
}

export function shortText(form: Form, name: string): string | undefined {
  const value = text(form, name)
  if (value !== undefined && value.length > usualLimit) {
    throw refusal(20001, `${name} is longer than ${usualLimit} characters`)
  }
  return value
}

export function requiredSid(form: Form, name: string, prefix: SidPrefix): string {
  const value = requiredText(form, name)
  if (!isSid(value, prefix)) throw refusal(20001, `${name} ${value}`)
  return value
}

/**
 * The attributes of an object, which arrive as JSON within the form. `[]` is what PHP and Ruby make of an
 * empty object. A body of JSON may bring them as they are.
 */
export function attributesIn(form: Form): Attributes | undefined {
  const given = form['Attributes']
  if (given === undefined || given === null || given === '') return undefined
  const last: unknown = Array.isArray(given) && given.length > 0 ? given.at(-1) : given
  const value = typeof last === 'string' ? parse(last) : last
  if (!isAttributes(value)) throw refusal(22207)
  return value
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw refusal(22207)
  }
}

function isAttributes(value: unknown): value is Attributes {
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && value !== null
}
