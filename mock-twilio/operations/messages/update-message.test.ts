import assert from 'node:assert/strict'
import { test } from 'node:test'

import { account, build, startOfTest } from '../../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../../development-account.ts'

const inAnHour = {
  MessagingServiceSid: developmentAccount.messagingServiceSid,
  ScheduleType: 'fixed',
  SendAt: new Date(startOfTest + 3_600_000).toISOString()
}

test('a scheduled message goes out when it is due', async t => {
  const { send, request, mock } = await build(t)
  const { body } = await send(inAnHour)
  const path = `${account}/Messages/${body['sid']}.json`

  await mock.clock.advance('59 min')
  const before = await request('GET', path)
  await mock.clock.advance('2 min')
  const after = await request('GET', path)

  assert.deepEqual(
    [body['status'], before.body['status'], after.body['status']],
    ['scheduled', 'scheduled', 'delivered']
  )
})

test('a scheduled message can be taken back, once, and is told so', async t => {
  const { send, request, mock, receiver } = await build(t)
  const { body } = await send(inAnHour)
  const path = `${account}/Messages/${body['sid']}.json`

  const canceled = await request('POST', path, { Status: 'canceled' })
  const again = await request('POST', path, { Status: 'canceled' })
  await mock.clock.advance('2 h')

  assert.equal(canceled.body['status'], 'canceled')
  assert.deepEqual([again.status, again.body['code']], [409, 30409])
  assert.deepEqual(
    receiver.received.map(({ form }) => form['MessageStatus']),
    ['canceled']
  )
})

test('a message is blotted out when it is done, not before', async t => {
  const { send, request, mock } = await build(t)
  const { body } = await send()
  const path = `${account}/Messages/${body['sid']}.json`

  const early = await request('POST', path, { Body: '' })
  await mock.clock.advance('1 min')
  const { body: redacted } = await request('POST', path, { Body: '' })

  assert.deepEqual([early.status, early.body['code']], [409, 20009])
  assert.equal(redacted['body'], '')
})

test('an update does one thing, and only a known one', async t => {
  const { send, request, mock } = await build(t)
  const { body } = await send()
  await mock.clock.advance('1 min')
  const path = `${account}/Messages/${body['sid']}.json`

  for (const form of [{}, { Body: '', Status: 'canceled' }, { Body: 'new' }, { Status: 'sent' }]) {
    assert.equal((await request('POST', path, form)).body['code'], 30400)
  }
})

test('a deleted message is gone from everywhere', async t => {
  const { send, request, mock } = await build(t)
  const { body } = await send()
  const path = `${account}/Messages/${body['sid']}.json`

  const early = await request('DELETE', path)
  await mock.clock.advance('1 min')
  const gone = await request('DELETE', path)

  assert.deepEqual([early.status, early.body['code']], [409, 20009])
  assert.equal(gone.status, 204)
  assert.equal((await request('GET', path)).body['code'], 20404)
  assert.deepEqual((await request('GET', `${account}/Messages.json`)).body['messages'], [])
})
