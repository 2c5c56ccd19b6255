import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { callerIdResource } from '../../resources/caller-id.ts'

export const listCallerIds: Operation = {
  name: 'list-caller-ids',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/OutgoingCallerIds.json',
  status: 200,
  handle: ({ world, query, path }) => {
    const phoneNumber = text(query, 'PhoneNumber') || undefined
    const friendlyName = text(query, 'FriendlyName') || undefined
    const callerIds = [...world.callerIds.values()].filter(
      callerId =>
        (phoneNumber === undefined || callerId.phoneNumber === phoneNumber) &&
        (friendlyName === undefined || callerId.friendlyName === friendlyName)
    )
    const page = pageOf(pageRequest(query), callerIds)
    return envelope('outgoing_caller_ids', path, query, page, callerId =>
      callerIdResource(world, callerId)
    )
  }
}
