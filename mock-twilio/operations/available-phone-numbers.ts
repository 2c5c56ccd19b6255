import type { Operation } from '../operation.ts'
import { fetchAvailableCountry } from './available-phone-numbers/fetch-available-country.ts'
import { listAvailableCountries } from './available-phone-numbers/list-available-countries.ts'
import { listAvailablePhoneNumbers } from './available-phone-numbers/list-available-phone-numbers.ts'

export const availablePhoneNumberOperations: readonly Operation[] = [
  listAvailableCountries,
  fetchAvailableCountry,
  ...listAvailablePhoneNumbers
]
