import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { SessionRecord } from '../../resources/session.ts'

/** The session in the path, whatever became of it, or 404/3001. A reservation taken back is none. */
export function findSession({ world, params }: Call): SessionRecord {
  const { sessionId = '' } = params
  const session = world.sessions.get(sessionId)
  if (session === undefined || session.status === 'deleted') {
    throw refusal('unknownSession', sessionId)
  }
  return session
}

export function findLiveSession(call: Call): SessionRecord {
  const session = findSession(call)
  if (session.status !== 'live') throw refusal('notLive', session.id)
  return session
}
