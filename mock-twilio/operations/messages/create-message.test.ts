import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  account,
  authorization,
  basic,
  build,
  firstNumber,
  person,
  startOfTest,
  type FormValues
} from '../../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../../development-account.ts'

const service = developmentAccount.messagingServiceSid

test('a message from a number is queued and shown whole', async t => {
  const { send } = await build(t)

  const { status, body } = await send({ Body: 'Grüße €' })

  assert.equal(status, 201)
  assert.match(body.sid, /^SM[0-9a-f]{32}$/)
  assert.equal(body['status'], 'queued')
  assert.equal(body['num_segments'], '1')
  assert.equal(body['from'], firstNumber)
  assert.equal(body['date_created'], 'Mon, 23 Nov 2026 12:00:00 +0000')
  assert.equal(body['date_sent'], null)
})

test('a message of a service is accepted and has neither sender nor segments yet', async t => {
  const { send } = await build(t)

  const { body } = await send({ MessagingServiceSid: service })

  assert.equal(body['status'], 'accepted')
  assert.equal(body['from'], null)
  assert.equal(body['num_segments'], '0')
})

test('a message with media is an MM of one segment', async t => {
  const { send } = await build(t)

  const { body } = await send({
    Body: 'a'.repeat(500),
    MediaUrl: ['https://example.com/a.png', 'https://example.com/b.gif']
  })

  assert.match(body.sid, /^MM/)
  assert.equal(body['num_media'], '2')
  assert.equal(body['num_segments'], '1')
})

test('each mistake has the code that Twilio gives it', async t => {
  const { request, mock } = await build(t)
  const inTenMinutes = new Date(startOfTest + 600_000).toISOString()
  mock.world().addService({ sid: `MG${'2'.repeat(32)}`, friendly_name: 'Empty' })
  mock.world().addNumber({ phone_number: '+16015550199', mms: false, sid: `PN${'9'.repeat(32)}` })
  const good: FormValues = { To: person, From: firstNumber, Body: 'Hello' }
  const { From: _, ...withoutSender } = good
  const mistakes: [form: FormValues, code: number][] = [
    [{ ...good, To: '' }, 21604],
    [{ ...good, To: '5550123' }, 21211],
    [{ ...good, To: '+1601555012' }, 21211],
    [{ ...good, To: '+11015550123' }, 21211],
    [{ ...good, To: '+15005550001' }, 21211],
    [{ ...good, To: '+15005550002' }, 21612],
    [{ ...good, To: '+15005550003' }, 21408],
    [{ ...good, To: '+15005550004' }, 21610],
    [{ ...good, To: '+15005550009' }, 21614],
    [{ ...good, To: firstNumber }, 21266],
    [withoutSender, 21603],
    [{ ...good, From: '+15005550001' }, 21212],
    [{ ...good, From: '+15005550007' }, 21606],
    [{ ...good, From: '+15005550008' }, 21611],
    [{ ...good, From: '+16015550777' }, 21606],
    [{ ...good, From: 'School' }, 21606],
    [{ ...good, From: 'no sender at all' }, 21212],
    [{ ...good, From: 'whatsapp:+16015550100' }, 63007],
    [{ ...good, Body: '' }, 21602],
    [{ ...good, Body: ' \n' }, 21619],
    [{ ...good, Body: 'a'.repeat(1601) }, 21617],
    [{ ...good, MediaUrl: 'ftp://example.com/a.png' }, 21620],
    [{ ...good, MediaUrl: Array.from({ length: 11 }, () => 'https://example.com/a.png') }, 21623],
    [{ ...good, From: '+16015550199', MediaUrl: 'https://example.com/a.png' }, 21621],
    [{ ...good, StatusCallback: 'nowhere' }, 21609],
    [{ ...good, ValidityPeriod: 0 }, 21624],
    [{ ...good, ValidityPeriod: 36_001 }, 21624],
    [{ ...good, ContentRetention: 'forever' }, 20001],
    [{ ...good, ContentSid: `HX${'0'.repeat(32)}` }, 21655],
    [{ ...good, ApplicationSid: `AP${'0'.repeat(32)}` }, 21218],
    [{ ...withoutSender, MessagingServiceSid: 'MG1' }, 21705],
    [{ ...withoutSender, MessagingServiceSid: `MG${'9'.repeat(32)}` }, 21701],
    [{ ...withoutSender, MessagingServiceSid: `MG${'2'.repeat(32)}` }, 21704],
    [{ ...good, From: '+16015550199', MessagingServiceSid: service }, 21606],
    [{ ...good, ScheduleType: 'fixed', SendAt: inTenMinutes }, 35118],
    [{ ...withoutSender, MessagingServiceSid: service, ScheduleType: 'fixed' }, 35111],
    [
      { ...withoutSender, MessagingServiceSid: service, ScheduleType: 'fixed', SendAt: 'later' },
      35115
    ],
    [
      {
        ...withoutSender,
        MessagingServiceSid: service,
        ScheduleType: 'fixed',
        SendAt: new Date(startOfTest + 300_000).toISOString()
      },
      35114
    ],
    [
      {
        ...withoutSender,
        MessagingServiceSid: service,
        ScheduleType: 'fixed',
        SendAt: new Date(startOfTest + 36 * 86_400_000).toISOString()
      },
      35114
    ],
    [
      {
        ...withoutSender,
        MessagingServiceSid: service,
        ScheduleType: 'weekly',
        SendAt: inTenMinutes
      },
      35126
    ]
  ]

  for (const [form, code] of mistakes) {
    const { status, body } = await request('POST', `${account}/Messages.json`, form)
    assert.deepEqual(Object.keys(body), ['code', 'message', 'more_info', 'status'])
    assert.equal(body['code'], code, JSON.stringify(form))
    assert.equal(status, body['status'])
    assert.equal(body['more_info'], `https://www.twilio.com/docs/errors/${code}`)
  }
  assert.equal(mock.world().messages.size, 0)
})

test('the magic sender needs no owner', async t => {
  const { send } = await build(t)

  const { status } = await send({ From: '+15005550006' })

  assert.equal(status, 201)
})

test('1600 characters are allowed, an emoji being one', async t => {
  const { send } = await build(t)

  const { status, body } = await send({ Body: '😀'.repeat(1600) })

  assert.equal(status, 201)
  assert.equal(body['num_segments'], String(Math.ceil(1600 / 33)))
})

test('JSON is taken like a form', async t => {
  const { mock } = await build(t)

  const answer = await mock.app.inject({
    method: 'POST',
    url: `${account}/Messages.json`,
    headers: {
      authorization: basic(developmentAccount.apiKeySid, developmentAccount.apiKeySecret)
    },
    payload: { To: person, From: firstNumber, Body: 'Hello', ValidityPeriod: 60 }
  })

  assert.equal(answer.statusCode, 201)
})

test('a suspended account sends nothing', async t => {
  const { send, mock } = await build(t)
  mock.world().status = 'suspended'

  const { status, body } = await send()

  assert.deepEqual([status, body['code']], [401, 20005])
})

test('Prefer asks for a refusal', async t => {
  const { mock } = await build(t)

  const answer = await mock.app.inject({
    method: 'POST',
    url: `${account}/Messages.json`,
    headers: { authorization, prefer: 'code=429' },
    payload: { To: person, From: firstNumber, Body: 'an error' }
  })

  assert.equal(answer.statusCode, 429)
  assert.equal(answer.json().code, 20429)
})
