import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { AddressRecord } from '../../resources/address.ts'
import type { NumberRecord } from '../../resources/phone-number.ts'
import type { World } from '../../world.ts'

export function findAddress({ world, params, path }: Call, name = 'Sid'): AddressRecord {
  const address = world.addresses.get(params[name] ?? '')
  if (address === undefined) throw refusal(20404, path)
  return address
}

/** The numbers that name the address, as theirs or for emergencies. */
export function dependentsOf(world: World, { sid }: AddressRecord): NumberRecord[] {
  return [...world.numbers.values()].filter(
    ({ addressSid, emergencyAddressSid }) => addressSid === sid || emergencyAddressSid === sid
  )
}
