import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import { lookUp, readPackages } from '../../lookup-packages.ts'
import type { Operation } from '../../operation.ts'
import { lookupResource } from '../../resources/lookup.ts'

/**
 * Tells whether a number is valid and, when asked, what kind of line it is. An invalid number is no refusal.
 * https://www.twilio.com/docs/lookup/v2-api/line-type-intelligence
 */
export const fetchLookup: Operation = {
  name: 'fetch-lookup',
  method: 'GET',
  path: '/lookups/v2/PhoneNumbers/:PhoneNumber',
  status: 200,
  isForTestCredentials: true,
  handle: ({ world, params, query, path }) => {
    if (params['PhoneNumber'] === '') throw refusal(20404, path)
    const fields = (text(query, 'Fields') ?? '').split(',').map(field => field.trim())
    const wanted = readPackages(fields.filter(field => field !== ''))
    const countryCode = (text(query, 'CountryCode') || 'US').toUpperCase()
    const found = lookUp(world, params['PhoneNumber'] ?? '', countryCode, wanted)
    if (found === undefined) throw refusal(20404, path)
    return lookupResource(found.lookup, found.packages)
  }
}
