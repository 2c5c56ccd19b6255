import type { SessionRecord } from '../resources/session.ts'
import type { Share, UserRecord } from '../resources/user.ts'
import { tellOfSharing } from '../webhooks/session-events.ts'
import type { World } from '../world.ts'

export const sharedContents = ['application', 'whiteboard', 'desktop', 'unknown'] as const

export type SharedContent = (typeof sharedContents)[number]

/** What is shared already is stopped first. */
export function startSharing(
  world: World,
  session: SessionRecord,
  user: UserRecord,
  content: SharedContent
): void {
  stopSharing(world, session, user)
  const share: Share = { content, startedAt: world.now(), endedAt: null }
  user.shares.push(share)
  session.has.screenShare = true
  world.note(session, 'session.sharing_started', { user_id: user.id, user_name: user.name })
  tellOfSharing(world, session, user, share)
}

/** Nothing happens to who shares nothing. */
export function stopSharing(world: World, session: SessionRecord, user: UserRecord): void {
  const share = user.shares.find(({ endedAt }) => endedAt === null)
  if (share === undefined) return
  share.endedAt = world.now()
  world.note(session, 'session.sharing_ended', { user_id: user.id, user_name: user.name })
  tellOfSharing(world, session, user, share)
}
