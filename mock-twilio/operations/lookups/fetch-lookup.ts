import { refusal } from '../../errors.ts'
import { text, type Form } from '../../forms.ts'
import { lookUpNumber, usualLineType } from '../../number-lookup.ts'
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
  handle: ({ world, params, query, path }) => {
    if (params['PhoneNumber'] === '') throw refusal(20404, path)
    const wantsLineType = fieldsIn(query).includes('line_type_intelligence')
    const countryCode = (text(query, 'CountryCode') || 'US').toUpperCase()
    const lookup = lookUpNumber(params['PhoneNumber'] ?? '', countryCode)
    const number = lookup.valid ? lookup.number.number : lookup.phoneNumber
    const seeded = world.lineTypes.get(number)
    if (seeded === 'not_found') throw refusal(20404, path)
    const lineType = lookup.valid && wantsLineType ? (seeded ?? usualLineType(number)) : undefined
    world.journal.append({ kind: 'lookup', number, valid: lookup.valid, line_type: lineType })
    return lookupResource(lookup, lineType)
  }
}

const knownFields = ['validation', 'line_type_intelligence']

function fieldsIn(query: Form): string[] {
  const fields = (text(query, 'Fields') ?? '')
    .split(',')
    .map(field => field.trim())
    .filter(field => field !== '')
  const unknown = fields.find(field => !knownFields.includes(field))
  if (unknown !== undefined) {
    throw refusal(20001, `Fields names ${knownFields.join(' and ')} here, got ${unknown}`)
  }
  return fields
}
