import type { TestContext } from 'node:test'

import twilio from 'twilio'

import { developmentAccount } from '../../mock-twilio/development-account.ts'
import type { AccountSeed } from '../../mock-twilio/seeds.ts'
import { build } from './judged-mock.ts'

/** The official SDK as it is, but for a transport that sends https://host/path to http://mock/host/path. */
export class MockedTransport extends twilio.RequestClient {
  readonly #mockUrl: string

  constructor(mockUrl: string) {
    super()
    this.#mockUrl = mockUrl
  }

  override request: twilio.RequestClient['request'] = options => {
    options.uri = options.uri.replace('https://', `${this.#mockUrl}/`)
    return super.request(options)
  }
}

export async function anSdk(t: TestContext, accounts?: readonly AccountSeed[]) {
  const built = await build(t, accounts)
  const url = await built.mock.app.listen({ port: 0 })
  const { apiKeySid, apiKeySecret, accountSid, authToken } = developmentAccount
  const httpClient = new MockedTransport(url)
  return {
    ...built,
    withKey: twilio(apiKeySid, apiKeySecret, { accountSid, httpClient }),
    withToken: twilio(accountSid, authToken, { httpClient }),
    withWrongToken: twilio(accountSid, 'wrong', { httpClient }),
    /** As somebody else: a subaccount, a key of its own, test credentials. */
    as: (username: string, password: string, ofAccount = username) =>
      twilio(username, password, { accountSid: ofAccount, httpClient })
  }
}
