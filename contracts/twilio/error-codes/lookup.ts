import { person, refused, told, withWorld, type ErrorCause } from './cause.ts'

const lookups = '/lookups.twilio.com/v2/PhoneNumbers'

export const lookupErrors: ErrorCause[] = [
  refused(20001, 400, 'a package that is not known here', ({ request }) =>
    request('GET', `${lookups}/${person}`, { Fields: 'fortune_telling' })
  ),
  refused(20404, 404, 'a number that nobody knows', async ({ control, request }) => {
    await control('POST', '/_mock/reset', {
      line_types: [{ phone_number: person, type: 'not_found' }]
    })
    return request('GET', `${lookups}/${person}`)
  }),
  refused(60606, 403, 'a package that the account has not enabled', ({ request }) =>
    request('GET', `${lookups}/${person}`, { Fields: 'identity_match' })
  ),
  refused(60618, 400, 'a batch of no numbers', ({ request }) =>
    request('POST', '/lookups.twilio.com/v2/batch/query')
  ),
  told(60600, 200, 'a line that no source knows', async built => {
    await withWorld(built, { line_types: [{ phone_number: person, type: 'unknown' }] })
    return built.request('GET', `${lookups}/${person}`, { Fields: 'line_type_intelligence' })
  }),
  told(60607, 200, 'a caller name outside the United States', ({ request }) =>
    request('GET', `${lookups}/+442079460123`, { Fields: 'caller_name' })
  ),
  told(60612, 200, 'the SIM card of a landline', ({ request }) =>
    request('GET', `${lookups}/+16015550149`, { Fields: 'sim_swap' })
  )
]
