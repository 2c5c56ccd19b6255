import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { build, firstNumber, person, type Built } from '../../../contracts/twilio/judged-mock.ts'
import { MockedTransport } from '../../../contracts/twilio/mocked-sdk.ts'
import { developmentAccount } from '../../development-account.ts'

const service = developmentAccount.messagingServiceSid
const path = '/accounts/v1/Consents/Bulk'

function aConsent(change: object = {}): string {
  return JSON.stringify({
    contact_id: person,
    correlation_id: 'ad388b5a46b33b874b0d41f7226db2ef',
    sender_id: service,
    status: 'opt-out',
    source: 'website',
    date_of_consent: '2026-02-28T10:05:27Z',
    ...change
  })
}

const upsert = ({ request }: Built, ...Items: string[]) => request('POST', path, { Items })

test('consent that is taken back blocks the sender, and consent that is given frees it', async t => {
  const built = await build(t)

  const out = await upsert(built, aConsent())
  const blocked = await built.send()
  const back = await upsert(built, aConsent({ sender_id: firstNumber, status: 'opt-in' }))

  assert.deepEqual(
    [out.status, out.body['items']],
    [
      201,
      [
        {
          correlation_id: 'ad388b5a46b33b874b0d41f7226db2ef',
          error_code: 0,
          error_messages: []
        }
      ]
    ]
  )
  assert.deepEqual([blocked.body['code'], back.status], [21610, 201])
  assert.equal((await built.send()).status, 201)
})

test('what is wrong with one is told of that one, and the others count', async t => {
  const built = await build(t)
  const flaws: [object, string[]][] = [
    [{ contact_id: '+19' }, ['INVALID_CONTACT_ID']],
    [{ date_of_consent: '2025-03-25' }, ['INVALID_DATE_OF_CONSENT']],
    [{ date_of_consent: '2026-11-24T10:05:27Z' }, ['INVALID_DATE_OF_CONSENT']],
    [{ sender_id: `MG${'9'.repeat(32)}` }, ['INVALID_SENDER_ID']],
    [{ sender_id: '__proto__' }, ['INVALID_SENDER_ID']],
    [{ status: 'maybe', source: 'dream' }, ['INVALID_STATUS', 'INVALID_SOURCE']],
    [{ correlation_id: 'short' }, ['INVALID_CORRELATION_ID']],
    [{ contact_id: [person] }, ['INVALID_CONTACT_ID']],
    [{ correlation_id: '0'.repeat(32), date_of_consent: null }, []],
    [{ correlation_id: '0'.repeat(32) }, ['INVALID_CORRELATION_ID']]
  ]

  const { status, body } = await upsert(
    built,
    ...flaws.map(([change], index) =>
      aConsent({ correlation_id: String(index + 1).padStart(32, '0'), ...change })
    )
  )

  assert.equal(status, 201)
  assert.ok(Array.isArray(body['items']))
  assert.deepEqual(
    body['items'].map(({ error_code: code, error_messages: messages }) => [code, messages]),
    flaws.map(([, messages]) => [messages.length === 0 ? 0 : 30646, messages])
  )
  assert.equal(built.mock.world().optOuts.list().length, 1)
})

test('none, more than 25, and what is no JSON object are refused as a whole', async t => {
  const built = await build(t)

  const none = await built.request('POST', path, {})
  const many = await upsert(built, ...Array.from({ length: 26 }, () => aConsent()))
  const text = await upsert(built, 'opt me out')
  const number = await upsert(built, aConsent(), '7')

  for (const { status, body } of [none, many, text, number]) {
    assert.deepEqual([status, body['code']], [400, 20001])
  }
  assert.deepEqual(built.mock.world().optOuts.list(), [])
})

test('the SDK sends consents and reads what became of them', async t => {
  const { mock } = await build(t)
  const url = await mock.app.listen({ port: 0 })
  const { accountSid, authToken } = developmentAccount
  const client = twilio(accountSid, authToken, { httpClient: new MockedTransport(url) })

  const { items } = await client.accounts.v1.bulkConsents.create({
    items: [JSON.parse(aConsent()), JSON.parse(aConsent({ correlation_id: 'x' }))]
  })

  assert.deepEqual(
    items.map(({ error_code: code }: { error_code: number }) => code),
    [0, 30646]
  )
  assert.equal(mock.world().optOuts.has(person, service), true)
})
