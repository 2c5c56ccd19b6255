import { invalid, refusal } from '../../errors.ts'
import type { Call, Operation } from '../../operation.ts'
import { pageOf } from '../../paging.ts'
import type { SessionRecord } from '../../resources/session.ts'
import { isInside } from '../../resources/user.ts'
import { findSession } from '../sessions/find-session.ts'
import { shownUser } from './shown-user.ts'

/** Of a live session, those inside; of a past one, all who were. */
export const listUsers: Operation = {
  name: 'list-users',
  method: 'GET',
  path: '/videosdk/sessions/{sessionId}/users',
  label: 'Heavy',
  status: 200,
  handle: call => {
    const { world, query } = call
    const session = sessionOfType(call)
    const { items, ...page } = pageOf(world, {
      items: session.status === 'live' ? session.users.filter(isInside) : session.users,
      key: ({ id }) => id,
      query,
      usualSize: 30,
      mostSize: 100
    })
    return { ...page, users: items.map(shownUser) }
  }
}

/** The type `live`, which is meant when nothing is said, or `past`. */
export function sessionOfType(call: Call): SessionRecord {
  const type = call.query.get('type') ?? 'live'
  if (type !== 'live' && type !== 'past') {
    throw invalid({ field: 'type', message: 'The value is live or past.' })
  }
  const session = findSession(call)
  if (session.status !== (type === 'live' ? 'live' : 'ended')) {
    throw refusal('unknownSession', session.id)
  }
  return session
}
