import { ControlRefusal } from '../../simulator/control-refusal.ts'
import type { SessionRecord } from '../resources/session.ts'
import { isInside, type UserRecord } from '../resources/user.ts'
import type { World } from '../world.ts'

/** Finding sessions and people by what tests and people call them. */

/** All instances of the name, the newest last. */
export function instancesOf(world: World, name: string): SessionRecord[] {
  const wanted = name.toLowerCase()
  return [...world.sessions.values()].filter(session => session.name === wanted)
}

/** The instance that goes on now. */
export function liveSession(world: World, name: string): SessionRecord {
  const session = world.openSessions.get(name.toLowerCase())
  if (session?.status === 'live') return session
  throw new ControlRefusal(409, `nobody is in the session "${name}"`)
}

/** Somebody inside, by id, by name or by user key; of several, who came last. */
export function insideOf(session: SessionRecord, who: string): UserRecord {
  const user = session.users.findLast(
    one => isInside(one) && [one.id, one.name, one.key].includes(who)
  )
  if (user !== undefined) return user
  const names = session.users.filter(isInside).map(({ name }) => name)
  const there = names.length === 0 ? 'nobody is' : `there are ${names.join(', ')}`
  throw new ControlRefusal(404, `"${who}" is not in the session "${session.name}": ${there}`)
}

/** Who may record and end: the one who is named, or else the host. */
export function actingHost(
  session: SessionRecord,
  who: string | undefined,
  isHostOnly = false
): UserRecord {
  const user =
    who === undefined
      ? session.users.findLast(one => isInside(one) && one.role === 'host')
      : insideOf(session, who)
  if (user === undefined) {
    throw new ControlRefusal(409, `no host is in the session "${session.name}"`)
  }
  const isAllowed = user.role === 'host' || (user.role === 'manager' && !isHostOnly)
  if (isAllowed) return user
  const needed = isHostOnly ? 'the host' : 'the host or a manager'
  throw new ControlRefusal(409, `${user.name} is a ${user.role}, and this is for ${needed}`)
}
