import { person, refused, type ErrorCause } from './cause.ts'

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
  {
    code: 60600,
    status: 200,
    cause: 'a line that no source knows, told inside the answer',
    provoke: async ({ control, request }) => {
      await control('POST', '/_mock/reset', {
        line_types: [{ phone_number: person, type: 'unknown' }]
      })
      const { status, body } = await request('GET', `${lookups}/${person}`, {
        Fields: 'line_type_intelligence'
      })
      return { code: Object(body['line_type_intelligence']).error_code, status }
    }
  }
]
