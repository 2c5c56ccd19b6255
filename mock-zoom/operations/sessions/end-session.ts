import { Type } from '@sinclair/typebox'

import { refusal } from '../../errors.ts'
import { withBody, type Operation } from '../../operation.ts'
import { endSession as end } from '../../sessions/leave-session.ts'
import { findSession } from './find-session.ts'

const EndSession = Type.Object({ action: Type.Literal('end') })

/** For all who are inside. What a session that has ended answers is a setting: sources tell both. */
export const endSession: Operation = {
  name: 'end-session',
  method: 'PUT',
  path: '/videosdk/sessions/{sessionId}/status',
  label: 'Light',
  status: 204,
  handle: withBody(EndSession, call => {
    const session = findSession(call)
    if (session.status !== 'live') {
      const isLikeUnknown = call.world.settings.endedSession === '3001'
      throw isLikeUnknown ? refusal('unknownSession', session.id) : refusal('sessionIdNotThere')
    }
    end(call.world, session)
    call.world.noteOperation('Session', 'End', `Session: ${session.name}`)
    return undefined
  })
}
