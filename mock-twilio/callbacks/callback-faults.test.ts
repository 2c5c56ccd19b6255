import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import twilio from 'twilio'

import { build } from '../../contracts/twilio/judged-mock.ts'
import type { EffectOf } from '../../simulator/fault-schema.ts'
import { developmentAccount } from '../development-account.ts'

/** Tells of one message under one fault, and gives what arrives. */
async function underFault(t: TestContext, effect: Omit<EffectOf<'callback'>, 'type'>) {
  const built = await build(t)
  const { mock, send, receiver } = built
  mock.world().faults.add({ effect: { type: 'callback', ...effect } })
  await send()
  await mock.clock.advance('10 s')
  const statuses = () => receiver.received.map(({ form }) => form['MessageStatus'])
  return { ...built, statuses }
}

test('a callback arrives as often as the rule says', async t => {
  const { statuses } = await underFault(t, { fault: 'duplicate', status: 'sent', times: 4 })

  assert.deepEqual(statuses(), ['sent', 'sent', 'sent', 'sent', 'delivered'])
})

test('a parameter is missing or surplus, and the signature is right all the same', async t => {
  const missing = await underFault(t, { fault: 'missing_parameter', parameter: 'SmsSid' })
  const extra = await underFault(t, {
    fault: 'extra_parameter',
    parameter: 'ChannelPrefix',
    value: 'sms'
  })

  assert.ok(missing.receiver.received.every(({ form }) => !('SmsSid' in form)))
  assert.ok(extra.receiver.received.every(({ form }) => form['ChannelPrefix'] === 'sms'))
  for (const { receiver } of [missing, extra]) {
    for (const { form, headers } of receiver.received) {
      const signature = String(headers['x-twilio-signature'])
      const url = `${receiver.url}/status`
      assert.ok(twilio.validateRequest(developmentAccount.authToken, signature, url, form))
    }
  }
})

test('a callback by the wrong method is a signed GET', async t => {
  const { receiver } = await underFault(t, { fault: 'wrong_method' })

  const [callback] = receiver.received
  assert.equal(callback?.method, 'GET')
  assert.equal(callback.form['MessageStatus'], 'sent')
  const signature = String(callback.headers['x-twilio-signature'])
  const url = receiver.url + callback.url
  assert.ok(twilio.validateRequest(developmentAccount.authToken, signature, url, {}))
})

test('what is delayed or kept back waits as data that can be written down and taken up again', async t => {
  const delayed = await underFault(t, { fault: 'delay', status: 'sent', ms: 3_600_000 })
  const reordered = await underFault(t, { fault: 'reorder', status: 'delivered' })
  for (const { mock } of [delayed, reordered]) {
    const { agenda, keptBackCallbacks } = mock.world()
    const plans = JSON.parse(JSON.stringify(agenda.list()))
    const kept = JSON.parse(JSON.stringify([...keptBackCallbacks]))
    agenda.clear()
    keptBackCallbacks.clear()

    agenda.restore(plans)
    for (const [sid, callbacks] of kept) keptBackCallbacks.set(sid, callbacks)
    await mock.clock.advance('2 h')
  }

  assert.deepEqual(delayed.statuses(), ['delivered', 'sent'])
  assert.deepEqual(reordered.statuses(), ['sent', 'delivered'])
})

test('a callback that nothing overtakes is late, not lost', async t => {
  const { mock, statuses } = await underFault(t, { fault: 'reorder', status: 'delivered' })
  assert.deepEqual(statuses(), ['sent'])

  await mock.clock.advance('2 min')

  assert.deepEqual(statuses(), ['sent', 'delivered'])
})

test('an answer that is no TwiML is a warning, and TwiML is ignored', async t => {
  const { send, mock, receiver } = await build(t)
  const twiml = '<Response><Message>No</Message></Response>'
  receiver.answers(({ form }) =>
    form['MessageStatus'] === 'sent'
      ? { body: '{"ok":true}', contentType: 'application/json' }
      : { body: twiml, contentType: 'text/xml' }
  )
  const { body } = await send()

  await mock.clock.advance('1 min')

  const [alert, ...others] = mock.world().alerts
  assert.deepEqual([alert?.code, alert?.severity, alert?.['sid']], [12300, 'warning', body.sid])
  assert.deepEqual(others, [])
  assert.equal(mock.world().messages.size, 1)
})

test('a callback names the request that created its message', async t => {
  const { send, mock } = await build(t)
  const { headers } = await send()

  await mock.clock.advance('1 min')

  const id = headers['twilio-request-id']
  const told = mock.world().journal.list({ match: { request_id: id } })
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['request', 'callback.delivered', 'callback.delivered']
  )
})
