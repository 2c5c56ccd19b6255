import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { CallbackRequest } from '../../simulator/callback-sender.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { createMockTwilio, type MockTwilioOptions } from '../app.ts'
import { developmentAccount } from '../development-account.ts'
import { phone } from '../testing/phone.ts'

type Transport = NonNullable<MockTwilioOptions['transport']>

const person = '+16015550123'
const [ownNumber] = developmentAccount.phoneNumbers

const build = (transport: Transport) =>
  createMockTwilio({ clock: new VirtualClock({ mode: 'frozen' }), transport })

test('an application in the same process is asked, and answers, without a socket', async t => {
  const asked: CallbackRequest[] = []
  const mock = await build(callback => {
    asked.push(callback)
    return { status: 200, contentType: 'text/plain', body: 'It is open' }
  })
  t.after(() => mock.close())

  await phone(mock, person).texts(ownNumber, 'Is school open?')
  await mock.clock.advance('1 min')

  assert.equal(new URLSearchParams(asked[0]?.body).get('Body'), 'Is school open?')
  assert.match(String(asked[0]?.headers['x-twilio-signature']), /^[A-Za-z0-9+/]{27}=$/)
  phone(mock, person).expects('It is open')
})

test('an application in the same process that throws is one that cannot be reached', async t => {
  const mock = await build(() => {
    throw new Error('not today')
  })
  t.after(() => mock.close())

  await phone(mock, person).texts(ownNumber, 'Is school open?')

  const [failure] = mock.world().journal.list({ match: { kind: 'inbound.failed' } })
  assert.deepEqual([failure?.['code'], failure?.['reason']], [11205, 'not today'])
})

test('half a character in a text arrives as the sign for one that cannot be read', async t => {
  const asked: CallbackRequest[] = []
  const mock = await build(callback => {
    asked.push(callback)
    return { status: 204 }
  })
  t.after(() => mock.close())

  await phone(mock, person).texts(ownNumber, 'half a snowman \ud83c')

  assert.equal(new URLSearchParams(asked[0]?.body).get('Body'), 'half a snowman \ufffd')
})

test('a password in a callback URL that is no percent-encoding is sent as it stands', async t => {
  const asked: CallbackRequest[] = []
  const mock = await build(callback => {
    asked.push(callback)
    return { status: 204 }
  })
  t.after(() => mock.close())
  const number = mock.world().numbersByPhone.get(ownNumber)
  assert.ok(number)
  number.smsUrl = 'https://district:5%zz@app.invalid/inbound'

  await phone(mock, person).texts(ownNumber, 'Is school open?')

  const expected = Buffer.from('district:5%zz').toString('base64')
  assert.equal(asked[0]?.headers['authorization'], `Basic ${expected}`)
})
