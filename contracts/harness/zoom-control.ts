import { createHmac } from 'node:crypto'
import { request } from 'undici'
import type { Json } from './json.ts'

/** Zoom, driven from its own side: people in sessions, and its signature. */
export interface ZoomControl {
  /** Somebody joins, with a token of the application. @throws when the provider does not let them in */
  join(room: string, who: { user_name: string; token: string; session_key: string }): Promise<void>
  leave(room: string, user: string): Promise<void>
  /** The host starts a recording. */
  record(room: string): Promise<void>
  /** The host ends the session for all. */
  end(room: string): Promise<void>
}

/** Speaks to the control API of mock-zoom. */
export function connectZoomControl(url: string): ZoomControl {
  async function act(room: string, act_: string, body: Json): Promise<void> {
    const path = `/_mock/rooms/${encodeURIComponent(room)}/${act_}`
    const answer = await request(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      headersTimeout: 60_000
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300)
      throw new Error(`mock-zoom answered ${path} with ${answer.statusCode}: ${text}`)
  }
  return {
    join: (room, who) => act(room, 'join', { ...who }),
    leave: (room, user) => act(room, 'leave', { user }),
    record: room => act(room, 'record', { action: 'start' }),
    end: room => act(room, 'end', {})
  }
}

/** The answer to Zoom's challenge: the HMAC of its token. */
export const zoomDigest = (secret: string, plainToken: string): string =>
  createHmac('sha256', secret).update(plainToken).digest('hex')

/**
 * Signs an event as Zoom does: HMAC-SHA256 of time and body
 * (https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events).
 */
export const zoomSignature = (secret: string, timestamp: string, body: string | Buffer): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`
