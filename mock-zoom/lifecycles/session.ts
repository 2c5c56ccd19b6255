/*
 * The life of a session.
 *
 *   scheduled  a name is reserved, so that people can dial in; nobody is inside
 *   live       somebody is inside
 *   ended      the last one left, the host or the API ended it, or a lone user waited too long
 *   deleted    the reservation was taken back
 *   expired    nobody came for a day
 *
 * https://developers.zoom.us/docs/video-sdk/web/sessions
 */

export type SessionStatus = 'scheduled' | 'live' | 'ended' | 'deleted' | 'expired'

export type SessionEvent = 'firstJoined' | 'over' | 'takenBack' | 'lapsed'

const lifecycle = {
  scheduled: { firstJoined: 'live', takenBack: 'deleted', lapsed: 'expired' },
  live: { over: 'ended' },
  ended: {},
  deleted: {},
  expired: {}
} as const satisfies Record<SessionStatus, Partial<Record<SessionEvent, SessionStatus>>>

const moves: Record<SessionStatus, Partial<Record<SessionEvent, SessionStatus>>> = lifecycle

/** Nothing else assigns `status`. An event that cannot happen there is our bug, and throws. */
export function move(session: { status: SessionStatus }, event: SessionEvent): void {
  const next = moves[session.status][event]
  if (next === undefined) throw new Error(`a session that is ${session.status} cannot be ${event}`)
  session.status = next
}
