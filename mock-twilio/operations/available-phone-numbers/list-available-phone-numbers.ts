import { refusal } from '../../errors.ts'
import { numberTypes, typesOf } from '../../inventory/countries.ts'
import { searchNumbers } from '../../inventory/search-numbers.ts'
import type { Operation } from '../../operation.ts'
import { pageRequest } from '../../paging.ts'
import { typeSegments } from '../../resources/available-country.ts'
import { availableNumberResource } from '../../resources/available-number.ts'
import { readFilters } from './search-filters.ts'

/** How many Twilio shows when nobody says, and at most. (Not documented; as it was seen.) */
const usualSize = 30
const mostSize = 50

/** What is for sale of one kind in one country. The answer has no pages, but Page=1 goes on where Page=0 ended. */
export const listAvailablePhoneNumbers: readonly Operation[] = numberTypes.map(type => ({
  name: `list-available-${type}-phone-numbers`,
  method: 'GET',
  path: `/api/2010-04-01/Accounts/:AccountSid/AvailablePhoneNumbers/:CountryCode/${typeSegments[type]}.json`,
  status: 200,
  handle: ({ world, params, query, path, services }) => {
    const country = params['CountryCode']?.toUpperCase() ?? ''
    if (!typesOf(country).includes(type)) throw refusal(20404, path)
    const { page, size: asked } = pageRequest({ PageSize: usualSize, ...query })
    const size = Math.min(asked, mostSize)
    const filters = readFilters(query, country)
    const found = searchNumbers(world.seed, {
      country,
      type,
      ...filters,
      admits: number => filters.admits(number) && !services.store.isOwned(number.phoneNumber)
    })
    // A page far out would be a long walk through the inventory.
    const skipped = Math.min(page, mostPages) * size
    const numbers = page > mostPages ? [] : found.drop(skipped).take(size)
    return {
      available_phone_numbers: [...numbers].map(number => availableNumberResource(country, number)),
      uri: path
    }
  }
}))

const mostPages = 200
