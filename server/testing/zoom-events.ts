import { createHmac } from 'node:crypto'
import type { Answer, TestServer } from './build.ts'

/** What tests of video calls ask of the world: events as Zoom would sign them. */

export interface ZoomEventOptions {
  secret?: string
  /** Seconds since the epoch; the clock's when absent. */
  timestamp?: number | string
  signature?: string
}

/** An event as Zoom sends it: compact JSON, signed over its very bytes. */
export async function sendZoomEvent(
  server: TestServer,
  event: object | string,
  {
    secret = server.deps.config.ZOOM_WEBHOOK_SECRET,
    timestamp = Math.floor(server.clock.now() / 1_000),
    signature
  }: ZoomEventOptions = {}
): Promise<Answer> {
  const body = typeof event === 'string' ? event : JSON.stringify(event)
  const signed = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')
  return server.request('POST', '/zoom_webhooks', {
    token: null,
    body,
    headers: {
      'x-zm-request-timestamp': String(timestamp),
      'x-zm-signature': signature ?? `v0=${signed}`
    }
  })
}

/** Zoom's times have no milliseconds. */
export const zoomTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, '')

/** An event of a session of a call. */
export function sessionEvent(
  call: { session_name: string; shunkan_ido_session_key: string },
  sessionId: string,
  event: string,
  object: object,
  at: number,
  more: object = {}
) {
  return {
    event: `session.${event}`,
    event_ts: at,
    payload: {
      account_id: 'acctMOCK0001',
      object: {
        id: sessionId,
        session_id: sessionId,
        session_name: call.session_name.toLowerCase(),
        session_key: call.shunkan_ido_session_key,
        ...object
      }
    },
    ...more
  }
}
