import type { Operation } from '../../operation.ts'
import { numberResource, typedNumberResource } from '../../resources/phone-number.ts'
import { buyNumber } from './buy-number.ts'
import { typedLists } from './typed-lists.ts'

export const createPhoneNumber: Operation = {
  name: 'create-phone-number',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers.json',
  status: 201,
  isForTestCredentials: true,
  handle: call => numberResource(call.world, buyNumber(call))
}

export const createTypedPhoneNumbers: readonly Operation[] = typedLists.map(
  ({ segment, type }) => ({
    name: `create-${type}-phone-number`,
    method: 'POST',
    path: `/api/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers/${segment}.json`,
    status: 201,
    isForTestCredentials: true,
    handle: call => typedNumberResource(call.world, buyNumber(call, type))
  })
)
