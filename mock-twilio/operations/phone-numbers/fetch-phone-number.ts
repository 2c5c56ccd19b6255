import type { Operation } from '../../operation.ts'
import { numberResource } from '../../resources/phone-number.ts'
import { findPhoneNumber } from './find-phone-number.ts'

export const fetchPhoneNumber: Operation = {
  name: 'fetch-phone-number',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers/:Sid.json',
  status: 200,
  handle: call => numberResource(call.world, findPhoneNumber(call))
}
