import type { Operation } from '../../operation.ts'
import { findPhoneNumber } from './find-phone-number.ts'

export const deletePhoneNumber: Operation = {
  name: 'delete-phone-number',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers/:Sid.json',
  status: 204,
  handle: call => {
    const number = findPhoneNumber(call)
    call.world.removeNumber(number)
    call.world.journal.append({
      kind: 'number.released',
      sid: number.sid,
      number: number.phoneNumber
    })
    return undefined
  }
}
