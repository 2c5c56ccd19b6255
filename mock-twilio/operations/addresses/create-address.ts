import type { Operation } from '../../operation.ts'
import { addressResource } from '../../resources/address.ts'
import { readAddress } from './address-settings.ts'

export const createAddress: Operation = {
  name: 'create-address',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Addresses.json',
  status: 201,
  handle: ({ world, form }) => {
    const settings = readAddress(form)
    const now = world.now()
    const address = { ...settings, sid: world.ids.sid('AD'), dateCreated: now, dateUpdated: now }
    world.addresses.set(address.sid, address)
    return addressResource(world, address)
  }
}
