import type { Operation } from '../../operation.ts'
import { callerIdResource } from '../../resources/caller-id.ts'
import { findCallerId } from './find-caller-id.ts'

export const fetchCallerId: Operation = {
  name: 'fetch-caller-id',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/OutgoingCallerIds/:Sid.json',
  status: 200,
  handle: call => callerIdResource(call.world, findCallerId(call))
}
