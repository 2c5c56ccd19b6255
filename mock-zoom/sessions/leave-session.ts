import { move } from '../lifecycles/session.ts'
import type { SessionRecord } from '../resources/session.ts'
import { isInside, type UserRecord } from '../resources/user.ts'
import { tellOfEnd, tellOfUser } from '../webhooks/session-events.ts'
import type { World } from '../world.ts'
import { watchLoneUser } from './lone-user.ts'
import { planProcessing, stopRecording } from './record-session.ts'
import { stopSharing } from './share-screen.ts'
import { stopLiveStream } from './live-stream.ts'

/**
 * What the event says about why. Nothing but the texts is documented; which of them an end by the API or by a
 * time-out has is [unverified].
 */
export const leaveReasons = {
  left: '{name} left the session.',
  disconnected: '{name} got disconnected from the session.',
  endedByHost: 'Host ended the session.',
  removed: 'Removed by host.',
  network: 'Network connection error.',
  unknown: 'Unknown reason.'
} as const

export type LeaveReason = keyof typeof leaveReasons

/** Who leaves last ends the session. */
export function leaveSession(
  world: World,
  session: SessionRecord,
  user: UserRecord,
  reason: LeaveReason = 'left'
): void {
  letGo(world, session, user, reason)
  if (!session.users.some(isInside)) finish(world, session)
  else watchLoneUser(world, session)
}

/**
 * The connection breaks: a closed tab, an empty battery. Zoom notices later, and until then the user is inside
 * for everybody. Who comes back meanwhile is another user, and is told of before the one who went.
 */
export function loseConnection(world: World, session: SessionRecord, user: UserRecord): void {
  if (user.lostAt !== null) return
  user.lostAt = world.now()
  world.note(session, 'session.user_lost', {
    user_id: user.id,
    user_name: user.name
  })
  const plan = { kind: 'session.user-lost', sessionId: session.id, userId: user.id }
  world.plan(world.settings.lostConnectionMs, plan)
}

export function removeUser(world: World, session: SessionRecord, user: UserRecord): void {
  session.removed.push(user.key ?? user.name)
  leaveSession(world, session, user, 'removed')
}

/** For all who are inside. */
export function endSession(
  world: World,
  session: SessionRecord,
  reason: LeaveReason = 'endedByHost'
): void {
  stopRecording(world, session)
  for (const user of session.users.filter(isInside)) letGo(world, session, user, reason)
  finish(world, session)
}

function letGo(world: World, session: SessionRecord, user: UserRecord, reason: LeaveReason): void {
  stopSharing(world, session, user)
  user.leftAt = user.lostAt ?? world.now()
  user.leaveReason = reasonText(world, user, reason)
  world.note(session, 'session.user_left', {
    user_id: user.id,
    user_name: user.name,
    user_key: user.key,
    reason: user.leaveReason
  })
  tellOfUser(world, session, user, 'session.user_left')
}

function reasonText(world: World, { name }: UserRecord, reason: LeaveReason): string {
  const text = leaveReasons[reason].replace('{name}', () => name)
  if (world.settings.leaveReasons === 'plain' || reason === 'left') return text
  return `${leaveReasons.left.replace('{name}', () => name)}<br>Reason: ${text}`
}

function finish(world: World, session: SessionRecord): void {
  stopRecording(world, session)
  stopLiveStream(world, session)
  move(session, 'over')
  session.endedAt = world.now()
  session.company++
  if (world.openSessions.get(session.name) === session) world.openSessions.delete(session.name)
  world.note(session, 'session.ended')
  tellOfEnd(world, session)
  planProcessing(world, session)
}
