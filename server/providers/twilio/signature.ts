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
  return signature !== undefined && twilio.validateRequest(authToken, signature, url, form)
}
