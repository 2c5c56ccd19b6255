import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { asTheGem, gem, gemAccount } from './as-the-gem.ts'

const form = { To: gem.receiver, From: gem.number, Body: 'Create Message with error' }

test('test_twilio: test_mock_client_error', async t => {
  const { sdk, ask } = await asTheGem(t)

  const { status, body } = await ask('POST', '/2010-04-01/Accounts/BADTOKEN/Messages.json', form)

  assert.ok(status >= 400 && status < 500)
  assert.deepEqual([typeof body['code'], body['status']], ['number', status])
  await assert.rejects(
    sdk.api.v2010
      .accounts('BADTOKEN')
      .messages.create({ to: form.To, from: form.From, body: form.Body }),
    twilio.RestException
  )
})

test('test_twilio: test_mock_client_custom_error', async t => {
  const { sdk, ask, mock } = await asTheGem(t)

  const { status, body } = await ask('POST', `${gemAccount}/Messages.json`, form, {
    prefer: 'code=429'
  })

  const bySdk = await sdk.request({
    method: 'post',
    uri: `https://api.twilio.com${gemAccount}/Messages.json`,
    headers: { prefer: 'code=429' },
    data: form
  })

  assert.deepEqual([status, body['code'], body['status']], [429, 20429, 429])
  assert.deepEqual([bySdk.statusCode, Object(bySdk.body).code], [429, 20429])
  assert.equal(mock.world().messages.size, 0)
})

test('a text with the word error is sent when nobody prefers a refusal', async t => {
  const { sdk, ask } = await asTheGem(t)

  const { status } = await ask('POST', `${gemAccount}/Messages.json`, form)
  const message = await sdk.messages.create({ to: form.To, from: form.From, body: form.Body })

  assert.deepEqual([status, message.status], [201, 'queued'])
})
