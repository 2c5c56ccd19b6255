import assert from 'node:assert/strict'
import { test } from 'node:test'

import { account, authorization, basic, build } from '../contracts/twilio/judged-mock.ts'
import { internalUrl } from './addressing.ts'
import { developmentAccount } from './development-account.ts'

test('a product is told by target, host, first segment, or a path of its own', () => {
  const cases: [url: string, host: string | undefined, expected: string][] = [
    ['http://messaging.twilio.com/v1/Services?Page=1', 'x', '/messaging/v1/Services?Page=1'],
    ['http://localhost:4010/2010-04-01/Accounts.json', 'x', '/api/2010-04-01/Accounts.json'],
    ['/v1/Services', 'messaging.dublin.ie1.twilio.com', '/messaging/v1/Services'],
    ['/2010-04-01/Accounts.json', 'api.twilio.com:443', '/api/2010-04-01/Accounts.json'],
    ['/api.twilio.com/2010-04-01/Accounts.json', 'localhost', '/api/2010-04-01/Accounts.json'],
    ['/messaging/v1/Services', 'localhost', '/messaging/v1/Services'],
    ['/2010-04-01/Accounts.json', 'localhost', '/api/2010-04-01/Accounts.json'],
    ['/v1/Services', undefined, '/messaging/v1/Services'],
    ['/v2/PhoneNumbers/+16015550100', undefined, '/lookups/v2/PhoneNumbers/+16015550100'],
    ['/v1/CustomerProfiles', undefined, '/trusthub/v1/CustomerProfiles'],
    ['/_mock/health', 'api.twilio.com', '/_mock/health'],
    ['/elsewhere', undefined, '/elsewhere']
  ]

  for (const [url, host, expected] of cases) assert.equal(internalUrl(url, host), expected)
})

test('wrong credentials are refused exactly as Twilio does', async t => {
  const { mock } = await build(t)
  const wrong = [
    undefined,
    'Bearer x',
    'Basic !',
    basic(developmentAccount.accountSid, 'wrong'),
    basic('AC00000000000000000000000000000009', developmentAccount.authToken),
    basic(developmentAccount.apiKeySid, developmentAccount.authToken)
  ]

  for (const authorization of wrong) {
    const answer = await mock.app.inject({
      url: `${account}.json`,
      headers: authorization === undefined ? {} : { authorization }
    })
    assert.equal(answer.statusCode, 401)
    assert.equal(
      answer.body,
      '{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}'
    )
  }
})

test("an API key opens its owner's account, and no longer once it is deleted", async t => {
  const { mock, request } = await build(t)
  const { body: key } = await request('POST', `${account}/Keys.json`, { FriendlyName: 'CI' })
  const headers = { authorization: basic(key.sid, String(key['secret'])) }

  const before = await mock.app.inject({ url: '/messaging/v1/Services', headers })
  await request('DELETE', `${account}/Keys/${key['sid']}.json`)
  const after = await mock.app.inject({ url: '/messaging/v1/Services', headers })

  assert.deepEqual([before.statusCode, after.statusCode], [200, 401])
})

test('a parent acts on its subaccount, and the subaccount on nobody else', async t => {
  const { mock, request } = await build(t)
  const { body: child } = await request('POST', '/2010-04-01/Accounts.json', { FriendlyName: 'A' })
  const childPath = `/2010-04-01/Accounts/${child['sid']}`
  const asChild = { authorization: basic(child.sid, String(child['auth_token'])) }

  const byParent = await request('GET', `${childPath}/Messages.json`)
  const upwards = await mock.app.inject({ url: `${account}/Messages.json`, headers: asChild })
  const unknown = await request('GET', `/2010-04-01/Accounts/AC${'7'.repeat(32)}/Messages.json`)

  assert.equal(byParent.status, 200)
  assert.equal(child['owner_account_sid'], developmentAccount.accountSid)
  assert.deepEqual([upwards.statusCode, upwards.json().code], [401, 20003])
  assert.deepEqual([unknown.status, unknown.body['code']], [404, 20404])
})

test('what the mock cannot do is refused, and written down', async t => {
  const { request, control } = await build(t)

  const unknown = await request('POST', `${account}/Sim/Commands.json`, {})
  const wrongMethod = await request('DELETE', `${account}/Messages.json`)
  const journal = await control('GET', '/_mock/journal?kind=request.unknown')

  assert.deepEqual([unknown.status, unknown.body['code']], [404, 20404])
  assert.match(String(unknown.body['message']), /Commands\.json was not found/)
  assert.deepEqual([wrongMethod.status, wrongMethod.body['code']], [405, 20004])
  assert.match(JSON.stringify(journal.body), /Commands\.json/)
})

test("every answer carries Twilio's headers", async t => {
  const { mock } = await build(t)

  const { headers } = await mock.app.inject({ url: `${account}.json`, headers: { authorization } })

  assert.match(String(headers['twilio-request-id']), /^RQ[0-9a-f]{32}$/)
  assert.equal(headers['twilio-concurrent-requests'], '1')
  assert.match(String(headers['twilio-request-duration']), /^\d+\.\d{3}$/)
  assert.equal(headers['x-home-region'], 'us1')
})
