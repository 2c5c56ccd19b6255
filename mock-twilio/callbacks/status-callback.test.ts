import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { account, build, firstNumber, person } from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../development-account.ts'

const service = developmentAccount.messagingServiceSid

test('a message of a number is told as sent and delivered, and its beginning is not told', async t => {
  const { send, mock, receiver } = await build(t)
  const { body } = await send()

  await mock.clock.advance('1 min')

  const told = receiver.received.map(({ form }) => form['MessageStatus'])
  assert.deepEqual(told, ['sent', 'delivered'])
  assert.deepEqual(receiver.received[1]?.form, {
    AccountSid: developmentAccount.accountSid,
    ApiVersion: '2010-04-01',
    From: firstNumber,
    MessageSid: body['sid'],
    MessageStatus: 'delivered',
    RawDlrDoneDate: '2611231200',
    SmsSid: body['sid'],
    SmsStatus: 'delivered',
    To: person
  })
})

test('a message of a service is told as queued too, and names the service', async t => {
  const { send, mock, receiver } = await build(t)
  await send({ MessagingServiceSid: service })

  await mock.clock.advance('1 min')

  const told = receiver.received.map(({ form }) => form['MessageStatus'])
  assert.deepEqual(told, ['queued', 'sent', 'delivered'])
  assert.ok(receiver.received.every(({ form }) => form['MessagingServiceSid'] === service))
})

test("a message without a callback of its own uses its service's", async t => {
  const { send, request, mock, receiver } = await build(t)
  const StatusCallback = `${receiver.url}/of-the-service`
  await request('POST', `/messaging/v1/Services/${service}`, { StatusCallback })

  await send({ MessagingServiceSid: service, StatusCallback: '' })
  await mock.clock.advance('1 min')
  await send({ MessagingServiceSid: service })
  await mock.clock.advance('1 min')

  const urls = receiver.received.map(({ url }) => url)
  assert.deepEqual(new Set(urls.slice(0, 3)), new Set(['/of-the-service']))
  assert.deepEqual(new Set(urls.slice(3)), new Set(['/status']))
})

test('the official SDK accepts the signature of a callback', async t => {
  const { send, mock, receiver } = await build(t)
  await send({ StatusCallback: `${receiver.url}/status?id=7&name=A%20B#rc=2` })

  await mock.clock.advance('1 min')

  const [callback] = receiver.received
  assert.equal(callback?.url, '/status?id=7&name=A%20B')
  const signature = String(callback.headers['x-twilio-signature'])
  const url = receiver.url + callback.url
  assert.ok(twilio.validateRequest(developmentAccount.authToken, signature, url, callback.form))
  assert.match(String(callback.headers['i-twilio-idempotency-token']), /^[0-9a-f-]{36}$/)
  assert.equal(callback.headers['user-agent'], 'TwilioProxy/1.1')
})

test('an answer of 500 is not retried, and shows up as an alert', async t => {
  const { send, mock, receiver } = await build(t)
  receiver.answers(() => ({ status: 500 }))
  await send()

  await mock.clock.advance('1 min')

  assert.equal(receiver.received.length, 2)
  assert.deepEqual(
    mock.world().alerts.map(({ code }) => code),
    [11200, 11200]
  )
})

test('a connection that breaks is tried once more, under the same token', async t => {
  const { send, mock, receiver } = await build(t)
  receiver.answers(() => (receiver.received.length === 1 ? 'cut' : { status: 204 }))
  await send()

  await mock.clock.advance('1 min')

  const tokens = receiver.received.map(({ headers }) => headers['i-twilio-idempotency-token'])
  assert.equal(tokens.length, 3)
  assert.equal(tokens[0], tokens[1])
  assert.notEqual(tokens[1], tokens[2])
  assert.deepEqual(mock.world().alerts, [])
})

test('the fragment of the URL asks for more retries, and for other reasons', async t => {
  const { send, mock, receiver } = await build(t)
  receiver.answers(() => ({ status: 503 }))
  await send({ StatusCallback: `${receiver.url}/status#rc=3&rp=5xx` })

  await mock.clock.advance('1 min')

  assert.equal(receiver.received.length, 8)
})

test('nobody at home is an alert of its own', async t => {
  const { send, mock, receiver } = await build(t)
  await receiver.close()
  await send()

  await mock.clock.advance('1 min')

  assert.deepEqual(
    mock.world().alerts.map(({ code }) => code),
    [11205, 11205]
  )
})

test('credentials in the URL are sent as such', async t => {
  const { send, mock, receiver } = await build(t)
  await send({ StatusCallback: receiver.url.replace('http://', 'http://ada:secret@') })

  await mock.clock.advance('1 min')

  const { authorization } = receiver.received[0]?.headers ?? {}
  assert.equal(authorization, `Basic ${Buffer.from('ada:secret').toString('base64')}`)
})

test('callbacks are dropped, doubled, forged, delayed and swapped when a rule says so', async t => {
  const { send, mock, receiver } = await build(t)
  const { faults } = mock.world()
  const told = async () => {
    const before = receiver.received.length
    await send()
    await mock.clock.advance('10 s')
    return receiver.received.slice(before).map(({ form }) => form['MessageStatus'])
  }
  const underFault = async (
    fault: 'drop' | 'duplicate' | 'reorder' | 'delay' | 'wrong_signature'
  ) => {
    const { id } = faults.add({ effect: { type: 'callback', fault, status: 'sent' } })
    const statuses = await told()
    faults.remove(id)
    return statuses
  }

  assert.deepEqual(await underFault('drop'), ['delivered'])
  assert.deepEqual(await underFault('duplicate'), ['sent', 'sent', 'delivered'])
  assert.deepEqual(await underFault('delay'), ['delivered'])
  await mock.clock.advance('1 min')
  assert.equal(receiver.received.at(-1)?.form['MessageStatus'], 'sent')

  assert.deepEqual(await underFault('reorder'), ['delivered', 'sent'])

  await underFault('wrong_signature')
  const forged = receiver.received.findLast(({ form }) => form['MessageStatus'] === 'sent')
  const signature = String(forged?.headers['x-twilio-signature'])
  const url = `${receiver.url}/status`
  assert.ok(
    !twilio.validateRequest(developmentAccount.authToken, signature, url, forged?.form ?? {})
  )
})

test('the same seed and the same requests give the same journal', async t => {
  const tell = async () => {
    const { send, mock } = await build(t)
    for (const To of ['+16015550111', '+16015550122', '+16015530003']) {
      await send({ To, StatusCallback: '' })
    }
    await mock.clock.advance('1 min')
    return mock.world().journal.list()
  }

  assert.deepEqual(await tell(), await tell())
})

test('a journal names the account that a message belongs to', async t => {
  const { send, request, control } = await build(t)
  const { body } = await send()

  const fetched = await request('GET', `${account}/Messages/${body['sid']}.json`)
  const journal = await control('GET', `/_mock/journal?sid=${body['sid']}`)

  assert.equal(fetched.body['account_sid'], developmentAccount.accountSid)
  assert.match(JSON.stringify(journal.body), /message\.created/)
})
