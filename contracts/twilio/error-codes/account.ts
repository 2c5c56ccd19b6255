import type { Answer, Built } from '../judged-mock.ts'
import { developmentAccount } from '../../../mock-twilio/development-account.ts'
import { numberedSid } from '../../../mock-twilio/ids.ts'
import {
  aSubaccount,
  basicOf,
  account,
  firstNumber,
  messages,
  person,
  post,
  postAs,
  refused,
  withWorld,
  type ErrorCause
} from './cause.ts'

export const accountErrors: ErrorCause[] = [
  refused(20003, 401, 'a wrong auth token', async ({ mock }) => {
    const answer = await mock.app.inject({
      url: messages,
      headers: { authorization: basicOf(developmentAccount.accountSid, 'wrong') }
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
  refused(20006, 403, 'a subaccount makes subaccounts', async built => {
    const { sid, auth_token: token } = await aSubaccount(built)
    return postAs(built, { sid, token }, '/2010-04-01/Accounts.json')
  }),
  refused(20008, 403, 'test credentials ask for more than magic numbers', async built => {
    await withWorld(built, { test_credentials: true })
    return built.request('GET', messages)
  }),
  refused(20002, 400, 'a subaccount with a name of 65 letters', ({ request }) =>
    request('POST', '/2010-04-01/Accounts.json', { FriendlyName: 'a'.repeat(65) })
  ),
  refused(21475, 400, 'a status that no account has', built => setStatus(built, 'asleep')),
  refused(21477, 400, 'a parent account suspends itself', ({ request }) =>
    request('POST', `${account}.json`, { Status: 'suspended' })
  ),
  refused(21479, 400, 'a closed subaccount is opened again', built =>
    setStatus(built, 'closed', 'active')
  ),
  refused(21480, 400, 'the 1001st subaccount', async ({ mock, request }) => {
    for (let index = 100; index < 1100; index++) {
      mock.store.replace({ account_sid: numberedSid('AC', index) }, developmentAccount.accountSid)
    }
    return request('POST', '/2010-04-01/Accounts.json')
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

async function setStatus(built: Built, ...statuses: [string, ...string[]]): Promise<Answer> {
  const { sid } = await aSubaccount(built)
  const set = (Status: string) =>
    built.request('POST', `/2010-04-01/Accounts/${sid}.json`, { Status })
  const [first, ...others] = statuses
  let answer = await set(first)
  for (const status of others) answer = await set(status)
  return answer
}
