import type { Operation } from '../../operation.ts'
import { findCallerId } from './find-caller-id.ts'

export const deleteCallerId: Operation = {
  name: 'delete-caller-id',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/OutgoingCallerIds/:Sid.json',
  status: 204,
  handle: call => {
    call.world.callerIds.delete(findCallerId(call).sid)
    return undefined
  }
}
