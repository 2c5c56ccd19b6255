import { Type } from '@sinclair/typebox'

import { withBody, type Operation } from '../../operation.ts'
import { findLiveSession } from './find-session.ts'

const SipDialing = Type.Object({ passcode: Type.Optional(Type.String({ maxLength: 10 })) })

/** An address that a room system can dial; nobody answers there. */
export const createSipDialing: Operation = {
  name: 'create-sip-dialing',
  method: 'POST',
  path: '/videosdk/sessions/{sessionId}/sip_dialing',
  // Label and status of success: [unverified].
  label: 'Light',
  status: 200,
  handle: withBody(SipDialing, (call, { passcode = '' }) => {
    const session = findLiveSession(call)
    const code = call.world.ids.digits(10)
    return {
      sip_dialing: `${session.number}.${passcode}.${code}@zoomcrc.com`,
      participant_identifier_code: code,
      expire_in: 7200
    }
  })
}
