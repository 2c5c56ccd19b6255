import type { Exchange } from '../client.ts'
import type { Json } from '../json.ts'
import type { ContractOptions } from '../options.ts'
import type { Case, World } from '../world/world.ts'
import { zoomSignature } from '../zoom-control.ts'
import type { ResourceRecipes } from './recipe.ts'

const operationId = 'post_zoom_webhooks'

/** The event with the signature that Zoom would give it at that time. */
export function signedByZoom(
  { zoomSecret = '' }: Pick<ContractOptions, 'zoomSecret'>,
  request: Case,
  now: number,
  secret = zoomSecret
): Case {
  const content =
    request.raw?.content ?? (request.body === undefined ? '' : JSON.stringify(request.body))
  const timestamp = String(Math.floor(now / 1_000))
  return {
    ...request,
    headers: {
      ...request.headers,
      'x-zm-request-timestamp': timestamp,
      'x-zm-signature': zoomSignature(secret, timestamp, content)
    }
  }
}

/** Zoom's times have no milliseconds. */
const zoomTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+/, '')

/** A session of a call, of which Zoom itself knows nothing. */
export interface ToldSession {
  id: string
  call: Json
  /** When it began. */
  startedAt: number
}

/** An event of a session, as Zoom words it. */
export const sessionEvent = (
  { id, call, startedAt }: ToldSession,
  event: string,
  object: Json = {}
): Json => ({
  event: `session.${event}`,
  event_ts: startedAt,
  payload: {
    account_id: 'acctMOCK0001',
    object: {
      id,
      session_id: id,
      session_name: String(call['session_name']).toLowerCase(),
      session_key: call['shunkan_ido_session_key'],
      start_time: zoomTime(startedAt),
      ...object
    }
  }
})

const secondMs = 1_000

/** All that happens in a session that one person comes to and that the host ends: in the order in which it happens. */
export function eventsOfSession(session: ToldSession, userKey: string): Json[] {
  const { startedAt } = session
  const user = { id: '16778240', name: 'Ana Lima', user_key: userKey }
  const endedAt = startedAt + 60 * secondMs
  return [
    sessionEvent(session, 'started'),
    sessionEvent(session, 'user_joined', {
      user: { ...user, join_time: zoomTime(startedAt + secondMs) }
    }),
    sessionEvent(session, 'user_left', {
      user: { ...user, leave_time: zoomTime(endedAt), leave_reason: 'host ended the session' }
    }),
    sessionEvent(session, 'ended', { end_time: zoomTime(endedAt) })
  ]
}

export const aSession = async (world: World, call: Json): Promise<ToldSession> => ({
  // As Zoom makes them: one of another form it refuses, and the server would ask for it again and again.
  id: Buffer.from(Array.from({ length: 16 }, () => world.random.integer(256))).toString('base64'),
  call,
  startedAt: Math.floor((await world.now()) / secondMs) * secondMs - 120 * secondMs
})

/** Zoom tells of something. */
export const tellAsZoom = (world: World, event: Json): Promise<Exchange> =>
  world.send(world.document.operation(operationId), null, { body: event }, { around: true })

/** A session of somebody else's: it is noted and nothing follows. */
async function aForeignEvent(world: World): Promise<Case> {
  const name = world.fresh('foreign')
  const session = await aSession(world, { session_name: name, shunkan_ido_session_key: name })
  return { body: sessionEvent(session, 'started') }
}

export const zoomCallbacks: ResourceRecipes = {
  operations: {
    [operationId]: {
      sign: (options, request, now) => signedByZoom(options, request, now),
      needs: ({ options }) =>
        options.zoomSecret === undefined
          ? 'needs the secret that Zoom signs with: --zoom-secret, or --mock-zoom'
          : undefined,
      valid: aForeignEvent,
      provoke: {
        422: async () => ({ body: { event: 'session.started', event_ts: 1 } })
      }
    }
  }
}
