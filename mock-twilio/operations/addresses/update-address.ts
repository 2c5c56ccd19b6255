import type { Operation } from '../../operation.ts'
import { addressResource } from '../../resources/address.ts'
import { readAddress } from './address-settings.ts'
import { findAddress } from './find-address.ts'

export const updateAddress: Operation = {
  name: 'update-address',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Addresses/:Sid.json',
  status: 200,
  handle: call => {
    const address = findAddress(call)
    Object.assign(address, readAddress(call.form, address), { dateUpdated: call.world.now() })
    return addressResource(call.world, address)
  }
}
