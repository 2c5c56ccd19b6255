import { createHmac, timingSafeEqual } from 'node:crypto'
import twilio from 'twilio'

/**
 * Whether Twilio signed this form request (https://www.twilio.com/docs/usage/security#validating-requests).
 *
 * @param url the URL as we gave it to the provider: the public one, with its query
 * @param form decoded parameters; a repeated one as a list
 */
export function isSignedByTwilio(
  authToken: string,
  signature: string | undefined,
  url: string,
  form: Readonly<Record<string, unknown>>
): boolean {
  if (signature === undefined) return false
  return (
    isEqual(signature, signatureOf(authToken, url, form)) ||
    // Some of the provider's systems sign the URL with its port, without it, or escaped: the SDK knows them all.
    twilio.validateRequest(authToken, signature, url, form)
  )
}

/** What Twilio signs such a request with. */
export function signatureOf(
  authToken: string,
  url: string,
  form: Readonly<Record<string, unknown>>
): string {
  let signed = url
  for (const name of Object.keys(form).toSorted()) {
    const value = form[name]
    // A repeated parameter counts once for each different value.
    if (Array.isArray(value))
      for (const item of new Set(value.map(String).toSorted())) signed += `${name}${item}`
    else signed += `${name}${String(value)}`
  }
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64')
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
