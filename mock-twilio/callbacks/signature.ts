import { createHash } from 'node:crypto'

import { hmacSha1 } from './hmac.ts'

/*
 * X-Twilio-Signature: the Base64 of HMAC-SHA1, under the account's auth token, of the URL as configured (with
 * port and query, without fragment) followed by every parameter of the form, sorted by name, each name
 * directly followed by its value. A name that is given more than once lists its different values, sorted.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-security
 */

export type FormParameter = readonly [name: string, value: string]

export function sign(authToken: string, url: string, parameters: readonly FormParameter[]): string {
  let signed = withoutFragment(url)
  let previous: FormParameter | undefined
  for (const parameter of isSorted(parameters)
    ? parameters
    : parameters.toSorted(byNameThenValue)) {
    const isRepeated = previous?.[0] === parameter[0] && previous[1] === parameter[1]
    if (!isRepeated) signed += parameter[0] + parameter[1]
    previous = parameter
  }
  return hmacSha1(authToken, signed)
}

/**
 * A body that is no form is not part of what is signed, but its digest is, as a parameter of the URL.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-security#validating-json-requests
 */
export function withBodyDigest(url: string, body: string): string {
  const digest = createHash('sha256').update(body, 'utf8').digest('hex')
  return `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${digest}`
}

export function withoutFragment(url: string): string {
  const start = url.indexOf('#')
  return start === -1 ? url : url.slice(0, start)
}

export function encodeForm(parameters: readonly FormParameter[]): string {
  let encoded = ''
  for (const [name, value] of parameters) {
    if (encoded !== '') encoded += '&'
    encoded += `${encodeText(name)}=${encodeText(value)}`
  }
  return encoded
}

const plainText = /^[\w.~-]*$/

/** Sids, statuses and names, which is nearly everything, are written as they are. */
function encodeText(text: string): string {
  return plainText.test(text) ? text : encodeURIComponent(text.toWellFormed())
}

/** As the parameters of status callbacks come. */
function isSorted(parameters: readonly FormParameter[]): boolean {
  let previous: FormParameter | undefined
  for (const parameter of parameters) {
    if (previous !== undefined && byNameThenValue(previous, parameter) > 0) return false
    previous = parameter
  }
  return true
}

function byNameThenValue(a: FormParameter, b: FormParameter): number {
  return compare(a[0], b[0]) || compare(a[1], b[1])
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
