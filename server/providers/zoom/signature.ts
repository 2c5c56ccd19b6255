import { createHmac, timingSafeEqual } from 'node:crypto'

/** An event as it came: the bytes that were signed, and the two headers. */
export interface SignedEvent {
  body: string | Buffer
  timestamp: string | undefined
  signature: string | undefined
}

const hmac = (secret: string, ...parts: (string | Buffer)[]): Buffer => {
  const digest = createHmac('sha256', secret)
  for (const part of parts) digest.update(part)
  return digest.digest()
}

/**
 * Whether Zoom signed this event, and lately: https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events.
 * Zoom names no age at which an event is too old.
 *
 * @param now milliseconds since the epoch
 */
export function isSignedByZoom(
  secret: string,
  { body, timestamp = '', signature = '' }: SignedEvent,
  { now, windowMs }: { now: number; windowMs: number }
): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1_000) > windowMs)
    return false
  const expected = Buffer.from(`v0=${hmac(secret, `v0:${timestamp}:`, body).toString('hex')}`)
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** The answer to `endpoint.url_validation`, which proves that we know the secret. */
export const encryptToken = (secret: string, plainToken: string): string =>
  hmac(secret, plainToken).toString('hex')
