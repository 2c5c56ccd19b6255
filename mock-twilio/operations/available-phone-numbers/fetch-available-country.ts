import { refusal } from '../../errors.ts'
import { countryNames } from '../../inventory/countries.ts'
import type { Operation } from '../../operation.ts'
import { availableCountryResource } from '../../resources/available-country.ts'

export const fetchAvailableCountry: Operation = {
  name: 'fetch-available-country',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/AvailablePhoneNumbers/:CountryCode.json',
  status: 200,
  handle: ({ world, params, path }) => {
    const country = params['CountryCode']?.toUpperCase() ?? ''
    if (!countryNames.has(country)) throw refusal(20404, path)
    return availableCountryResource(world, country)
  }
}
