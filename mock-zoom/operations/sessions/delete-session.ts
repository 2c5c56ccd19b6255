import { refusal } from '../../errors.ts'
import { move } from '../../lifecycles/session.ts'
import type { Operation } from '../../operation.ts'
import { findSession } from './find-session.ts'

/** Takes a reservation back. What has started cannot be deleted; it can be ended. */
export const deleteSession: Operation = {
  name: 'delete-session',
  method: 'DELETE',
  path: '/videosdk/sessions/{sessionId}',
  // [unverified]
  label: 'Light',
  status: 204,
  handle: call => {
    const session = findSession(call)
    if (session.status === 'live' || session.status === 'ended') throw refusal('alreadyStarted')
    if (session.status === 'expired') throw refusal('unknownSession', session.id)
    move(session, 'takenBack')
    call.world.openSessions.delete(session.name)
    call.world.note(session, 'session.deleted')
    return undefined
  }
}
