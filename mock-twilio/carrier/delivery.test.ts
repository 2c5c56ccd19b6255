import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  account,
  authorization,
  build,
  firstNumber,
  person,
  secondNumber,
  type Built,
  type FormValues
} from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount, developmentAccountSeed } from '../development-account.ts'
import type { AccountSeed } from '../seeds.ts'
import { phone } from '../testing/phone.ts'

const service = developmentAccount.messagingServiceSid

async function sendAndSettle({ send, request, mock }: Built, form: FormValues = {}) {
  const { body } = await send(form)
  await mock.clock.advance('5 min')
  return (await request('GET', `${account}/Messages/${body['sid']}.json`)).body
}

test('a delivered message has a date, a price and no error', async t => {
  const message = await sendAndSettle(await build(t))

  assert.equal(message['status'], 'delivered')
  assert.match(String(message['date_sent']), /^Mon, 23 Nov 2026 12:00:0/)
  assert.equal(message['price'], '-0.00790')
  assert.equal(message['error_code'], null)
})

test('a number that ends in an error code cannot be reached for that reason', async t => {
  const built = await build(t)

  for (const code of [30003, 30005, 30006, 30007, 30008]) {
    const message = await sendAndSettle(built, { To: `+160155${code}` })
    assert.deepEqual([message['status'], message['error_code']], ['undelivered', code])
  }
  assert.ok(built.receiver.received.some(({ form }) => form['ErrorCode'] === '30007'))
})

test('a rule decides how a message ends', async t => {
  const built = await build(t)
  const ends = [
    ['failed', 30007],
    ['undelivered', 30004],
    ['sent', null]
  ] as const

  for (const [status, code] of ends) {
    built.mock.world().faults.add({
      effect: { type: 'outcome', status, ...(code === null ? {} : { error_code: code }) },
      count: 1
    })
    const message = await sendAndSettle(built)
    assert.deepEqual([message['status'], message['error_code']], [status, code])
  }
})

test('a message that waits longer than it is valid fails', async t => {
  const built = await build(t)
  built.mock.world().faults.add({ effect: { type: 'delay', ms: 120_000 } })

  const message = await sendAndSettle(built, { ValidityPeriod: 60 })

  assert.deepEqual([message['status'], message['error_code']], ['failed', 30036])
})

test('a service writes to a person from the same number again, and else takes turns', async t => {
  const built = await build(t)
  const senderOf = async (To: string) =>
    (await sendAndSettle(built, { MessagingServiceSid: service, To }))['from']

  const first = await senderOf('+12125550111')
  const second = await senderOf('+12125550122')
  const third = await senderOf('+12125550111')

  assert.deepEqual([first, second, third], [firstNumber, secondNumber, firstNumber])
})

test('a service prefers a number of the same area code', async t => {
  const built = await build(t)
  const number = built.mock
    .world()
    .addNumber({ phone_number: '+12125550100', sid: `PN${'8'.repeat(32)}` })
  await built.request('POST', `/messaging/v1/Services/${service}/PhoneNumbers`, {
    PhoneNumberSid: number.sid
  })

  const message = await sendAndSettle(built, { MessagingServiceSid: service, To: '+12125550111' })

  assert.equal(message['from'], '+12125550100')
})

test('media that no number of the service can carry become links in the text', async t => {
  const built = await build(t, [withoutMms(true)])

  const message = await sendAndSettle(built, {
    MessagingServiceSid: service,
    Body: 'Look',
    MediaUrl: ['https://example.com/a.png', 'https://example.com/b.png']
  })

  assert.deepEqual(
    [message['status'], message['num_media'], message['num_segments'], message['body']],
    ['delivered', '0', '1', 'Look']
  )
  phone(built.mock, person).expects('Look\nhttps://example.com/a.png\nhttps://example.com/b.png')
})

test('media that no number of the service can carry fail where it makes no links', async t => {
  const built = await build(t, [withoutMms(false)])

  const message = await sendAndSettle(built, {
    MessagingServiceSid: service,
    MediaUrl: 'https://example.com/a.png'
  })

  assert.deepEqual(
    [message['status'], message['error_code'], message['from'], message['num_segments']],
    ['failed', 21703, null, '0']
  )
})

function withoutMms(makesLinks: boolean): AccountSeed {
  const seed = developmentAccountSeed()
  const [development] = seed.messaging_services ?? []
  return {
    ...seed,
    numbers: (seed.numbers ?? []).map(number => ({ ...number, mms: false })),
    messaging_services: [{ ...development, mms_converter: makesLinks }]
  }
}

test('somebody who opts out before a scheduled message goes out does not get it', async t => {
  const built = await build(t)
  const SendAt = new Date(built.mock.clock.now() + 600_000).toISOString()
  const { body } = await built.send({ MessagingServiceSid: service, ScheduleType: 'fixed', SendAt })
  built.mock.world().optOuts.add({
    handset: '+16015550123',
    sender: service,
    at: 0,
    keyword: 'STOP'
  })

  await built.mock.clock.advance('1 h')

  const { body: message } = await built.request('GET', `${account}/Messages/${body['sid']}.json`)
  assert.deepEqual([message['status'], message['error_code']], ['failed', 21610])
})

test('a refusal of the provider is not processed', async t => {
  const { send, mock } = await build(t)
  mock.world().faults.add({ effect: { type: 'http', status: 429, retry_after: 2 }, count: 1 })

  const refused = await send()
  const accepted = await send()

  assert.deepEqual([refused.status, refused.body['code']], [429, 20429])
  assert.equal(refused.headers['retry-after'], '2')
  assert.equal(accepted.status, 201)
  assert.equal(mock.world().messages.size, 1)
})

test('a connection that breaks before the work leaves nothing, and after it a message', async t => {
  const { mock } = await build(t)
  const url = await mock.app.listen({ port: 0 })
  const attempt = () =>
    fetch(`${url}${account}/Messages.json`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ To: '+16015550123', From: firstNumber, Body: 'Hello' })
    })
  const { faults, messages } = mock.world()

  const reset = faults.add({ effect: { type: 'connection', fault: 'reset' } })
  await assert.rejects(attempt())
  assert.equal(messages.size, 0)
  faults.remove(reset.id)

  faults.add({ effect: { type: 'connection', fault: 'answer_lost' }, count: 1 })
  await assert.rejects(attempt())
  assert.equal(messages.size, 1)

  assert.equal((await attempt()).status, 201)
})
