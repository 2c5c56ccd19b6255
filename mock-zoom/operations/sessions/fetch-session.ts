import { invalid, refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { findSession } from './find-session.ts'
import { detailedSession } from './shown-session.ts'

const statuses: Readonly<Record<string, string>> = {
  past: 'ended',
  live: 'live',
  scheduled: 'scheduled'
}

/** A session that is not of the type that was asked for is not there; that `live` is usual is [unverified]. */
export const fetchSession: Operation = {
  name: 'fetch-session',
  method: 'GET',
  path: '/videosdk/sessions/{sessionId}',
  label: 'Heavy',
  status: 200,
  handle: call => {
    const type = call.query.get('type') ?? 'live'
    const wanted = Object.hasOwn(statuses, type) ? statuses[type] : undefined
    if (wanted === undefined) {
      throw invalid({ field: 'type', message: 'The value is past, live or scheduled.' })
    }
    const session = findSession(call)
    if (session.status !== wanted) throw refusal('unknownSession', session.id)
    return detailedSession(call.world, session)
  }
}
