import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { phone } from '../../mock-twilio/testing/phone.ts'
import { firstNumber, person } from './judged-mock.ts'
import { anSdk } from './mocked-sdk.ts'

const { VoiceResponse } = twilio.twiml

test('the SDK calls, finds the call by its filters, and reads what happened in it', async t => {
  const { withToken: client, mock, receiver } = await anSdk(t)
  receiver.answers(() => ({
    body: answer('School is closed'),
    contentType: 'text/xml'
  }))

  const created = await client.calls.create({
    to: person,
    from: firstNumber,
    url: `${receiver.url}/voice?id=7`,
    timeout: 30,
    timeLimit: 120,
    machineDetection: 'Enable',
    record: true,
    recordingChannels: 'dual',
    recordingTrack: 'both',
    trim: 'do-not-trim'
  })
  const startOfDay = new Date(Date.UTC(2026, 10, 23))
  await mock.clock.advance('1 min')
  const call = await client.calls(created.sid).fetch()
  const listed = await client.calls.list({
    to: person,
    status: 'completed',
    startTimeAfter: startOfDay
  })
  const none = await client.calls.list({ parentCallSid: created.sid })
  const [event] = await client.calls(created.sid).events.list()

  assert.deepEqual([created.status, call.status, call.answeredBy], ['queued', 'completed', 'human'])
  assert.equal(call.duration, '3')
  assert.deepEqual(
    listed.map(({ sid }) => sid),
    [created.sid]
  )
  assert.deepEqual(none, [])
  const { request, response } = Object(event)
  assert.equal(request.url, `${receiver.url}/voice?id=7`)
  assert.deepEqual(
    [request.method, request.parameters.call_status, request.parameters.answered_by],
    ['POST', 'in-progress', 'human']
  )
  assert.deepEqual([response.response_code, response.content_type], [200, 'text/xml'])
  assert.match(response.response_body, /School is closed/)
})

test('the SDK redirects a call, ends it, and takes back another', async t => {
  const { withToken: client, mock } = await anSdk(t)
  const wait = new VoiceResponse()
  wait.pause({ length: 60 })
  const { sid } = await client.calls.create({ to: person, from: firstNumber, twiml: wait })
  await mock.clock.advance('15 s')

  const redirected = await client.calls(sid).update({ twiml: answer('All clear') })
  const ended = await client.calls(sid).update({ status: 'completed' })
  const waiting = await client.calls.create({ to: person, from: firstNumber, twiml: wait })
  const canceled = await client.calls(waiting.sid).update({ status: 'canceled' })

  assert.deepEqual(
    [redirected.status, ended.status, canceled.status],
    ['in-progress', 'completed', 'canceled']
  )
  phone(mock, person).hears('All clear')
  await assert.rejects(client.calls(sid).update({ status: 'completed' }), { code: 21220 })
  assert.equal(await client.calls(sid).remove(), true)
  await assert.rejects(client.calls(sid).fetch(), { code: 20404 })
})

test('a call under the number of somebody who has called needs the token of that call', async t => {
  const { withToken: client, mock, receiver } = await anSdk(t)
  const number = mock.world().numbersByPhone.get(firstNumber)
  assert.ok(number)
  number.voiceUrl = `${receiver.url}/voice`
  receiver.answers(() => ({ body: answer('Hello'), contentType: 'text/xml' }))
  await phone(mock, person).calls(firstNumber)
  const callToken = receiver.received.at(-1)?.form['CallToken'] ?? ''
  const passedOn = { to: '+16625550124', from: person, twiml: answer('For you') }

  const call = await client.calls.create({ ...passedOn, callToken })

  assert.equal(call.from, person)
  await assert.rejects(client.calls.create(passedOn), { code: 21210 })
  await assert.rejects(client.calls.create({ ...passedOn, callToken: 'nonsense' }), { code: 21210 })
})

test('an application of the account says what happens in a call', async t => {
  const { withToken: client, mock, receiver } = await anSdk(t)
  receiver.answers(() => ({ body: answer('Hello'), contentType: 'text/xml' }))
  const { sid: applicationSid } = await client.applications.create({
    friendlyName: 'School',
    voiceUrl: `${receiver.url}/voice`,
    voiceMethod: 'GET',
    statusCallback: `${receiver.url}/status`
  })

  await client.calls.create({
    to: person,
    from: firstNumber,
    applicationSid,
    url: 'https://example.com/never',
    sendDigits: '1',
    callReason: 'Snow day',
    callerId: firstNumber,
    clientNotificationUrl: 'https://example.com/notified'
  })
  await mock.clock.advance('1 min')

  assert.deepEqual(
    receiver.received.map(({ method, url }) => [method, url.split('?')[0]]),
    [
      ['GET', '/voice'],
      ['POST', '/status']
    ]
  )
})

function answer(words: string): string {
  const voice = new VoiceResponse()
  voice.say(words)
  return voice.toString()
}
