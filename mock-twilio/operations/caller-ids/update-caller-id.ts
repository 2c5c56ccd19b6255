import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { callerIdResource } from '../../resources/caller-id.ts'
import { findCallerId } from './find-caller-id.ts'

export const updateCallerId: Operation = {
  name: 'update-caller-id',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/OutgoingCallerIds/:Sid.json',
  status: 200,
  handle: call => {
    const callerId = findCallerId(call)
    const friendlyName = text(call.form, 'FriendlyName') ?? callerId.friendlyName
    if (friendlyName.length > 64) throw refusal(20002)
    callerId.friendlyName = friendlyName
    callerId.dateUpdated = call.world.now()
    return callerIdResource(call.world, callerId)
  }
}
