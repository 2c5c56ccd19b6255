import {
  account,
  basicOf,
  firstNumber,
  messages,
  person,
  post,
  refused,
  type ErrorCause
} from './cause.ts'

export const accountErrors: ErrorCause[] = [
  refused(20003, 401, 'a wrong auth token', async ({ mock }) => {
    const answer = await mock.app.inject({
      url: messages,
      headers: { authorization: basicOf('wrong') }
    })
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
  }),
  refused(20004, 405, 'a method that the resource does not have', ({ request }) =>
    request('DELETE', messages)
  ),
  refused(20005, 401, 'a suspended account sends', async built => {
    built.mock.world().status = 'suspended'
    return post(built, { To: person, From: firstNumber, Body: 'Hello' })
  }),
  refused(20404, 404, 'a message that does not exist', ({ request }) =>
    request('GET', `${account}/Messages/SM${'9'.repeat(32)}.json`)
  ),
  refused(20404, 404, 'a path that does not exist', ({ request }) =>
    request('GET', `${account}/Nothing.json`)
  ),
  ...[
    { code: 20429, status: 429, cause: 'too many requests at once' },
    { code: 20500, status: 500, cause: 'something breaks at Twilio' },
    { code: 20503, status: 503, cause: 'Twilio is out of service' }
  ].map(({ code, status, cause }) =>
    refused(
      code,
      status,
      cause,
      async ({ control, request }) => {
        await control('POST', '/_mock/faults', { effect: { type: 'http', status } })
        return request('GET', messages)
      },
      true
    )
  )
]
