import type { PlanHandlers } from '../../simulator/agenda.ts'
import { move } from '../lifecycles/session.ts'
import { isInside, type UserRecord } from '../resources/user.ts'
import type { SessionRecord } from '../resources/session.ts'
import type { World } from '../world.ts'
import { endSession, leaveSession } from './leave-session.ts'
import { isLonely } from './lone-user.ts'

/** What happens in sessions by itself. */
export function handleSessions(planned: PlanHandlers<World>): void {
  planned.on('session.lone', (world, { sessionId, company }) => {
    const session = world.sessions.get(String(sessionId))
    if (session === undefined || session.company !== company || !isLonely(session)) return
    world.note(session, 'session.idle')
    endSession(world, session, 'unknown')
  })
  planned.on('session.user-lost', (world, plan) => {
    const found = inside(world, plan)
    if (found !== undefined) leaveSession(world, found.session, found.user, 'disconnected')
  })
  planned.on('session.token-expired', (world, plan) => {
    const found = inside(world, plan)
    if (found !== undefined) leaveSession(world, found.session, found.user, 'unknown')
  })
  planned.on('session.lapse', (world, { sessionId }) => {
    const session = world.sessions.get(String(sessionId))
    if (session?.status !== 'scheduled') return
    move(session, 'lapsed')
    if (world.openSessions.get(session.name) === session) world.openSessions.delete(session.name)
    world.note(session, 'session.expired')
  })
}

function inside(
  world: World,
  { sessionId, userId }: Readonly<Record<string, unknown>>
): { session: SessionRecord; user: UserRecord } | undefined {
  const session = world.sessions.get(String(sessionId))
  const user = session?.users.find(({ id }) => id === userId)
  if (session?.status !== 'live' || user === undefined || !isInside(user)) return undefined
  return { session, user }
}
