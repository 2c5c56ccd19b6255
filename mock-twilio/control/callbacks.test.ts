import assert from 'node:assert/strict'
import { test } from 'node:test'

import { build } from '../../contracts/twilio/judged-mock.ts'

test('a status callback is posted once more, or with a status that is not so', async t => {
  const { control, send, mock, receiver, request } = await build(t)
  const { sid } = (await send()).body
  await mock.clock.advance('1 min')
  receiver.received.length = 0

  const again = await control('POST', '/_mock/callbacks', { sid })
  const other = await control('POST', '/_mock/callbacks', { sid, status: 'failed' })
  await mock.clock.advance(0)

  assert.deepEqual([again.status, again.body['status'], other.status], [202, 'delivered', 202])
  assert.deepEqual(
    new Set(receiver.received.map(({ form }) => form['MessageStatus'])),
    new Set(['delivered', 'failed'])
  )
  assert.equal(receiver.received.length, 2)
  const { body } = await request(
    'GET',
    `/2010-04-01/Accounts/${mock.world().accountSid}/Messages/${sid}.json`
  )
  assert.equal(body['status'], 'delivered', 'the message is what it was')
})

test('only a message with a status callback has one to post', async t => {
  const { control, send } = await build(t)
  const { sid } = (await send({ StatusCallback: '' })).body

  const none = await control('POST', '/_mock/callbacks', { sid })
  const missing = await control('POST', '/_mock/callbacks', { sid: `SM${'0'.repeat(32)}` })
  const nonsense = await control('POST', '/_mock/callbacks', { sid, status: 'eaten' })

  assert.deepEqual([none.status, missing.status, nonsense.status], [409, 404, 400])
})

test('bundles and brands are told of once more, and only where somebody is to be told', async t => {
  const { control, request, receiver, mock } = await build(t)
  const bundle = async (StatusCallback: string) =>
    (
      await request('POST', '/trusthub/v1/CustomerProfiles', {
        FriendlyName: 'North',
        Email: 'a@district.example',
        PolicySid: `RN${'F'.repeat(32)}`,
        StatusCallback
      })
    ).body.sid
  const listener = await bundle(`${receiver.url}/bundles`)
  const { body: brand } = await request('POST', '/messaging/v1/a2p/BrandRegistrations', {
    CustomerProfileBundleSid: listener,
    A2PProfileBundleSid: listener,
    Mock: true
  })
  const tell = async (sid: string, status?: string) =>
    (await control('POST', '/_mock/callbacks', { sid, ...(status ? { status } : {}) })).status

  assert.equal(await tell(listener), 202)
  assert.equal(await tell(listener, 'delivered'), 400)
  assert.equal(await tell(await bundle('')), 409)
  assert.equal(await tell(brand.sid), 409)
  assert.equal(await tell(brand.sid, '__proto__'), 400)
  await mock.clock.advance(0)
  assert.deepEqual(
    receiver.received.map(({ form }) => form['Status']),
    ['draft']
  )
})
