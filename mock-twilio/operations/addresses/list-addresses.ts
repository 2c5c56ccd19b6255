import { flag, text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { addressResource } from '../../resources/address.ts'

export const listAddresses: Operation = {
  name: 'list-addresses',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Addresses.json',
  status: 200,
  handle: ({ world, query, path }) => {
    const customerName = text(query, 'CustomerName') || undefined
    const friendlyName = text(query, 'FriendlyName') || undefined
    const isoCountry = text(query, 'IsoCountry')?.toUpperCase() || undefined
    const emergencyEnabled = flag(query, 'EmergencyEnabled')
    const addresses = [...world.addresses.values()].filter(
      address =>
        (customerName === undefined || address.customerName === customerName) &&
        (friendlyName === undefined || address.friendlyName === friendlyName) &&
        (isoCountry === undefined || address.isoCountry === isoCountry) &&
        (emergencyEnabled === undefined || address.emergencyEnabled === emergencyEnabled)
    )
    return envelope('addresses', path, query, pageOf(pageRequest(query), addresses), address =>
      addressResource(world, address)
    )
  }
}
