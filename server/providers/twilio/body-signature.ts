import twilio from 'twilio'

/**
 * Whether Twilio signed this request whose body is no form: its digest is a parameter of the URL, and the URL is
 * what is signed (https://www.twilio.com/docs/usage/webhooks/webhooks-security#validating-json-requests).
 */
export function isBodySignedByTwilio(
  authToken: string,
  signature: string | undefined,
  url: string,
  body: string
): boolean {
  if (signature === undefined || !/[?&]bodySHA256=[0-9a-f]{64}(&|$)/i.test(url)) return false
  return twilio.validateRequestWithBody(authToken, signature, url, body)
}
