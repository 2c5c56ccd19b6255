import type { Operation } from '../operation.ts'
import { createAddress } from './addresses/create-address.ts'
import { deleteAddress } from './addresses/delete-address.ts'
import { fetchAddress } from './addresses/fetch-address.ts'
import { listAddresses } from './addresses/list-addresses.ts'
import { listDependentPhoneNumbers } from './addresses/list-dependent-phone-numbers.ts'
import { updateAddress } from './addresses/update-address.ts'

export const addressOperations: readonly Operation[] = [
  createAddress,
  fetchAddress,
  listAddresses,
  updateAddress,
  deleteAddress,
  listDependentPhoneNumbers
]
