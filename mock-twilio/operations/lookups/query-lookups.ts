import { refusal } from '../../errors.ts'
import { isForm, text, texts, type Form } from '../../forms.ts'
import { lookUp, readPackages } from '../../lookup-packages.ts'
import type { Operation } from '../../operation.ts'
import { lookupFields } from '../../resources/lookup.ts'
import type { World } from '../../world.ts'

/** How many numbers one request may name. (Our reading.) */
const mostNumbers = 100

/** Several numbers at once, each with the packages that are wanted of it. */
export const queryLookups: Operation = {
  name: 'query-lookups',
  method: 'POST',
  path: '/lookups/v2/batch/query',
  status: 200,
  isForTestCredentials: true,
  handle: ({ world, form }) => {
    // The SDK for Node writes its JSON in camel case, against Twilio's own document.
    const queries = form['phone_numbers'] ?? form['phoneNumbers']
    if (!Array.isArray(queries) || queries.length === 0 || queries.length > mostNumbers) {
      throw refusal(60618, `phone_numbers is a list of 1 to ${mostNumbers} queries`)
    }
    const checked = queries.map(readQuery)
    return { phone_numbers: checked.map(query => answer(world, query)) }
  }
}

type Query = ReturnType<typeof readQuery>

function readQuery(query: unknown) {
  if (!isForm(query)) throw refusal(60618, 'a query is an object')
  const phoneNumber = text(query, 'phone_number') ?? text(query, 'phoneNumber')
  if (!phoneNumber) throw refusal(60618, 'a query has a phone_number')
  return {
    phoneNumber,
    wanted: readPackages(texts(query, 'fields')),
    countryCode: (text(query, 'country_code') || text(query, 'countryCode') || 'US').toUpperCase(),
    correlationId: text(query, 'correlation_id') ?? text(query, 'correlationId')
  }
}

function answer(world: World, query: Query): Form {
  const { phoneNumber, countryCode, wanted, correlationId } = query
  const correlation = correlationId === undefined ? {} : { correlation_id: correlationId }
  const found = lookUp(world, phoneNumber, countryCode, wanted)
  if (found === undefined) {
    return { ...correlation, twilio_error_code: 20404, phone_number: phoneNumber }
  }
  return { ...correlation, ...lookupFields(found.lookup, found.packages) }
}
