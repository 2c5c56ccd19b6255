import { createHmac } from 'node:crypto'

/*
 * https://developers.zoom.us/docs/api/webhooks: the version, the header x-zm-request-timestamp and the body as it
 * is sent, with colons between them.
 */

/** For the header x-zm-signature. `timestamp` is in seconds of the epoch, as text. */
export function signature(secretToken: string, timestamp: string, body: string): string {
  return `v0=${hmac(secretToken, `v0:${timestamp}:${body}`)}`
}

/** What a challenge is answered with. */
export function encryptedToken(secretToken: string, plainToken: string): string {
  return hmac(secretToken, plainToken)
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}
