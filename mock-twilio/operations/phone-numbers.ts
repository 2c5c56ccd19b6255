import type { Operation } from '../operation.ts'
import { createPhoneNumber, createTypedPhoneNumbers } from './phone-numbers/create-phone-number.ts'
import { deletePhoneNumber } from './phone-numbers/delete-phone-number.ts'
import { fetchPhoneNumber } from './phone-numbers/fetch-phone-number.ts'
import { listPhoneNumbers, listTypedPhoneNumbers } from './phone-numbers/list-phone-numbers.ts'
import { updatePhoneNumber } from './phone-numbers/update-phone-number.ts'

export const phoneNumberOperations: readonly Operation[] = [
  createPhoneNumber,
  ...createTypedPhoneNumbers,
  fetchPhoneNumber,
  listPhoneNumbers,
  ...listTypedPhoneNumbers,
  updatePhoneNumber,
  deletePhoneNumber
]
