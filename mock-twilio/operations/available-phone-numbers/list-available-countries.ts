import { countryNames } from '../../inventory/countries.ts'
import type { Operation } from '../../operation.ts'
import { availableCountryResource } from '../../resources/available-country.ts'

/** Not paged, unlike other lists. */
export const listAvailableCountries: Operation = {
  name: 'list-available-countries',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/AvailablePhoneNumbers.json',
  status: 200,
  handle: ({ world, path }) => ({
    countries: [...countryNames.keys()].map(country => availableCountryResource(world, country)),
    uri: path
  })
}
