import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  account,
  build,
  firstNumber,
  person,
  startOfTest,
  type Built,
  type FormValues
} from '../../../contracts/twilio/judged-mock.ts'
import { developmentAccount, developmentAccountSeed } from '../../development-account.ts'
import { phone } from '../../testing/phone.ts'

const service = developmentAccount.messagingServiceSid
const ofService: FormValues = { MessagingServiceSid: service }

async function settled({ send, request, mock }: Built, form: FormValues) {
  const { body } = await send(form)
  await mock.clock.advance('5 min')
  return (await request('GET', `${account}/Messages/${body.sid}.json`)).body
}

const inDays = (days: number) => new Date(startOfTest + days * 86_400_000).toISOString()

test("a service's smart encoding saves segments, and the resource keeps the text as it was given", async t => {
  const built = await build(t)
  const Body = `It’s ${'a'.repeat(120)}`

  const smart = await settled(built, { ...ofService, Body })
  const plain = await settled(built, { ...ofService, Body, SmartEncoded: false })
  const ofNumber = await settled(built, { Body })
  const asked = await settled(built, { Body, SmartEncoded: true })

  assert.deepEqual(
    [smart, plain, ofNumber, asked].map(message => message['num_segments']),
    ['1', '2', '2', '1']
  )
  assert.equal(smart['body'], Body)
  phone(built.mock, person).expects("It's a")
  phone(built.mock, person).expects('It’s a')
})

test('a text that is not to be kept is gone once it is sent, and stays on the handset', async t => {
  const built = await build(t)

  const created = await built.send({ Body: 'Code 1234', ContentRetention: 'discard' })
  const message = await settled(built, { Body: 'Code 1234', ContentRetention: 'discard' })

  assert.equal(created.body['body'], 'Code 1234')
  assert.equal(message['body'], '')
  phone(built.mock, person).expects('Code 1234')
})

test('an address that is not to be kept is masked once the message is sent', async t => {
  const built = await build(t)

  const created = await built.send({ AddressRetention: 'obfuscate' })
  const message = await settled(built, { AddressRetention: 'obfuscate' })

  assert.equal(created.body['to'], person)
  assert.equal(message['to'], '+1601555XXXX')
})

test('what has no effect is checked all the same', async t => {
  const { send, mock } = await build(t)
  const mistakes: [FormValues, number][] = [
    [{ MaxPrice: 'cheap' }, 21627],
    [{ MaxPrice: '-1' }, 21627],
    [{ Attempt: 'first' }, 20001],
    [{ ForceDelivery: 'maybe' }, 20001],
    [{ ShortenUrls: '1' }, 20001],
    [{ ProvideFeedback: 'yes' }, 20001],
    [{ RiskCheck: 'on' }, 20001],
    [{ SmartEncoded: 'clever' }, 20001],
    [{ FallbackFrom: 'no sender at all' }, 21212]
  ]

  for (const [form, code] of mistakes) {
    const { status, body } = await send(form)
    assert.deepEqual([status, body['code']], [400, code], JSON.stringify(form))
  }
  assert.equal(mock.world().messages.size, 0)
  const { status } = await send({
    MaxPrice: '0.05',
    Attempt: 1,
    ForceDelivery: true,
    RiskCheck: 'disable',
    FallbackFrom: firstNumber,
    PersistentAction: ['geo:37.78,-122.4|School', 'x']
  })
  assert.equal(status, 201)
})

test('a sender that belongs to another service is refused', async t => {
  const { send, mock } = await build(t)
  const other = mock.world().addService({
    sid: `MG${'2'.repeat(32)}`,
    phone_numbers: ['+16015550177']
  })

  const { body } = await send({ ...ofService, From: '+16015550177' })
  const { status } = await send({ MessagingServiceSid: other.sid, From: '+16015550177' })

  assert.deepEqual([body['code'], status], [21712, 201])
})

test('a landline abroad is refused at once', async t => {
  const { send, mock } = await build(t)
  mock.world().lineTypes.set('+442079460111', 'landline')

  const { body } = await send({ To: '+442079460111' })

  assert.equal(body['code'], 21614)
})

test('in 2024 messages were valid for four hours, and scheduled for a week at most', async t => {
  const tell = async (provider_year: 2024 | 2026) => {
    const { send, request } = await build(t, [{ ...developmentAccountSeed(), provider_year }])
    const schedule = async (SendAt: string) =>
      (await send({ ...ofService, ScheduleType: 'fixed', SendAt })).body['code']
    return [
      (await send({ ValidityPeriod: 14_401 })).body['code'],
      await schedule(inDays(600_000 / 86_400_000)),
      await schedule(inDays(8)),
      (await request('GET', `/messaging/v1/Services/${service}`)).body['validity_period']
    ]
  }

  assert.deepEqual(await tell(2024), [21624, 35114, 35114, 14_400])
  assert.deepEqual(await tell(2026), [undefined, undefined, undefined, 36_000])
})

test('in 2024 REVOKE was a word like any other', async t => {
  for (const [provider_year, optOuts] of [
    [2024, 0],
    [2026, 1]
  ] as const) {
    const { mock } = await build(t, [{ ...developmentAccountSeed(''), provider_year }])
    await phone(mock, person).texts(firstNumber, 'Revoke')

    assert.equal(mock.world().optOuts.list().length, optOuts)
  }
})

test('half a million messages may be scheduled, and taking one back makes room', async t => {
  const { send, request, mock } = await build(t)
  const scheduled = () => send({ ...ofService, ScheduleType: 'fixed', SendAt: inDays(1) })
  const { body: first } = await scheduled()
  mock.world().carrier.scheduled = 500_000

  assert.equal((await scheduled()).body['code'], 35125)
  await request('POST', `${account}/Messages/${first.sid}.json`, { Status: 'canceled' })
  assert.equal((await scheduled()).status, 201)
})

test('a message that was taken back stays so when its time comes', async t => {
  const { send, request, mock } = await build(t)
  const { body } = await send({ ...ofService, ScheduleType: 'fixed', SendAt: inDays(1) })
  const path = `${account}/Messages/${body.sid}.json`
  await request('POST', path, { Status: 'canceled' })
  await mock.clock.advance('2 days')

  assert.equal((await request('GET', path)).body['status'], 'canceled')
})

test('a number with ten hours of work before it takes no more, and the queues show it', async t => {
  const { send, control } = await build(t, [
    {
      ...developmentAccountSeed(),
      throughput: 'realistic',
      sender_rates: [{ sender: firstNumber, segments_per_second: 0.1 }]
    }
  ])
  const sendParts = (parts: number) =>
    send({ Body: 'a'.repeat(153 * parts - 100), StatusCallback: '' })
  for (let sent = 0; sent < 359; sent++) await sendParts(10)

  const refused = await sendParts(11)
  const fits = await sendParts(10)
  const { body } = await control('GET', '/_mock/queues')

  assert.deepEqual([refused.status, refused.body['code'], fits.status], [400, 21611, 201])
  const [queue] = Array.isArray(body['queues']) ? body['queues'] : []
  assert.match(queue.next_free_at, /^2026-11-23T22:00:00/)
  assert.deepEqual(
    { ...queue, next_free_at: '' },
    {
      sender: firstNumber,
      type: 'longCode',
      segments_per_second: 0.1,
      waiting_messages: 360,
      waiting_segments: 3600,
      most_segments: 3600,
      next_free_at: ''
    }
  )
})

test('a queue that delays a message says so in the journal', async t => {
  const { send, mock } = await build(t, [{ ...developmentAccountSeed(), throughput: 'realistic' }])
  await send()
  const { body } = await send()

  const [entry] = mock.world().journal.list({ match: { kind: 'message.delayed' } })
  assert.equal(entry?.['sid'], body.sid)
  assert.equal(entry?.['waiting_segments'], 2)
  assert.ok(Number(entry?.['wait_ms']) >= 1000)
})

test('carriers go down and come back by control', async t => {
  const { send, request, control, mock } = await build(t)
  const down = await control('POST', '/_mock/outages', { effect: 'hold', prefix: '+1601' })
  const { body } = await send()
  const path = `${account}/Messages/${body.sid}.json`
  await mock.clock.advance('1 h')
  const during = (await request('GET', path)).body['status']
  const listed = await control('GET', '/_mock/outages')
  const ended = await control('DELETE', `/_mock/outages/${String(down.body['id'])}`)
  await mock.clock.advance('1 min')

  assert.deepEqual([down.status, during, ended.status], [201, 'sent', 204])
  assert.equal(Object(listed.body)[0].held, 1)
  assert.equal((await request('GET', path)).body['status'], 'delivered')
  assert.equal((await control('DELETE', '/_mock/outages/outage-1')).status, 404)
  const mistakes = [
    { effect: 'explode' },
    { effect: 'hold', until: 'soon' },
    { effect: 'hold', until: '2026-13-01T00:00Z' },
    { effect: 'hold', __proto: 1 },
    { effect: 'hold', recovery_per_second: 0 }
  ]
  for (const mistake of mistakes) {
    assert.equal((await control('POST', '/_mock/outages', mistake)).status, 400)
  }
})
