import type { World } from '../world.ts'
import type { CallRecord } from './call-record.ts'

/**
 * What a call that comes in carries, so that it can be passed on under its caller's own number.
 * https://www.twilio.com/docs/voice/api/call-resource#calltoken
 */
export function tokenOf({ sid }: CallRecord): string {
  return Buffer.from(JSON.stringify({ parentCallInfoToken: sid })).toString('base64url')
}

/** The call that came in with it. */
export function callOfToken(token: string | undefined, world: World): CallRecord | undefined {
  if (!token) return undefined
  const call = world.calls.find(sidIn(token))
  return call?.direction === 'inbound' ? call : undefined
}

function sidIn(token: string): string {
  const [, sid = ''] =
    /"parentCallInfoToken":"(CA[0-9a-f]{32})"/.exec(
      Buffer.from(token.slice(0, 1000), 'base64url').toString()
    ) ?? []
  return sid
}
