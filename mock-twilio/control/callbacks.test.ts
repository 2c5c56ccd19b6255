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
