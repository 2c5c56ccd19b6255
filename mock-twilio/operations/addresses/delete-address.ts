import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { dependentsOf, findAddress } from './find-address.ts'

/** Not while a number names it. */
export const deleteAddress: Operation = {
  name: 'delete-address',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Addresses/:Sid.json',
  status: 204,
  handle: call => {
    const address = findAddress(call)
    if (dependentsOf(call.world, address).length > 0) throw refusal(21630, address.sid)
    call.world.addresses.delete(address.sid)
    return undefined
  }
}
