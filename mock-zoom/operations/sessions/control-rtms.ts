import { Type } from '@sinclair/typebox'

import { withBody, type Operation } from '../../operation.ts'
import { findLiveSession } from './find-session.ts'

const RtmsStatus = Type.Object({
  action: Type.Union(['start', 'stop', 'pause', 'resume'].map(action => Type.Literal(action)))
})

/** Taken and noted: media are not streamed here, and no event is sent. */
export const controlRtms: Operation = {
  name: 'control-rtms',
  method: 'PATCH',
  path: '/videosdk/sessions/{sessionId}/rtms_app/status',
  // [unverified]
  label: 'Light',
  status: 204,
  handle: withBody(RtmsStatus, (call, { action }) => {
    const session = findLiveSession(call)
    call.world.note(session, 'session.rtms', { action })
    return undefined
  })
}
