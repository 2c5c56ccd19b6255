import assert from 'node:assert/strict'
import { test } from 'node:test'

import twilio from 'twilio'

import { phone } from '../../mock-twilio/testing/phone.ts'
import { authorization, firstNumber, person, secondNumber } from './judged-mock.ts'
import { anSdk } from './mocked-sdk.ts'

const parent = '+16015550124'

test('a conference is made of calls, looked at, changed and ended', async t => {
  const { withKey: client, mock, receiver } = await anSdk(t)
  const twiml = new twilio.twiml.VoiceResponse()
  twiml.dial().conference(
    {
      startConferenceOnEnter: true,
      endConferenceOnExit: true,
      participantLabel: 'moderator',
      statusCallback: `${receiver.url}/conference`,
      statusCallbackEvent: ['start', 'end', 'join', 'leave', 'hold', 'mute']
    },
    'Bus'
  )
  await client.calls.create({ to: person, from: firstNumber, twiml })
  await mock.clock.advance('20 s')
  const [waiting] = await client.conferences.list({ friendlyName: 'Bus', limit: 1 })
  const conference = client.conferences(waiting?.sid ?? '')

  const added = await conference.participants.create({
    to: parent,
    from: secondNumber,
    label: 'parent',
    earlyMedia: true,
    beep: 'onEnter'
  })
  await mock.clock.advance('20 s')
  const begun = await conference.fetch()
  const labels = (await conference.participants.list()).map(({ label }) => label)
  const held = await conference.participants('parent').update({ hold: true, muted: true })
  const waited = await conference.participants.list({ hold: true })
  const fetched = await conference.participants(added.callSid).fetch()
  const ended = await conference.update({ status: 'completed' })
  await mock.clock.advance('5 s')

  assert.deepEqual(
    [waiting?.status, added.status, begun.status, ended.status],
    ['init', 'queued', 'in-progress', 'completed']
  )
  assert.deepEqual(labels, ['moderator', 'parent'])
  assert.deepEqual([held.hold, held.muted, waited.length], [true, true, 1])
  assert.deepEqual([fetched.status, fetched.conferenceSid], ['connected', waiting?.sid])
  assert.equal(ended.reasonConferenceEnded, 'conference-ended-via-api')
  assert.deepEqual(await conference.participants.list(), [])
  assert.deepEqual(
    (await client.conferences.list({ status: 'completed' })).map(({ sid }) => sid),
    [waiting?.sid]
  )
  const told = receiver.received.filter(({ url }) => url === '/conference')
  assert.deepEqual(
    told.map(({ form }) => Number(form['SequenceNumber'])),
    told.map((_, index) => index + 1)
  )
  for (const { form, headers, url } of told) {
    const signature = String(headers['x-twilio-signature'])
    const isSigned = twilio.validateRequest(
      mock.world().authToken,
      signature,
      receiver.url + url,
      form
    )
    assert.ok(isSigned)
  }
})

test('somebody is taken out of a conference, by the label', async t => {
  const { withKey: client, mock } = await anSdk(t)
  const { participants } = client.conferences('Bus')
  const { conferenceSid } = await participants.create({
    to: person,
    from: firstNumber,
    label: 'one'
  })
  await participants.create({ to: parent, from: firstNumber, label: 'two' })
  await mock.clock.advance('20 s')

  const isGone = await client.conferences(conferenceSid).participants('one').remove()

  assert.equal(isGone, true)
  await assert.rejects(client.conferences(conferenceSid).participants('one').fetch(), {
    code: 20404
  })
  const left = await client.conferences(conferenceSid).participants.list()
  assert.deepEqual(
    left.map(({ label }) => label),
    ['two']
  )
})

test('a call is recorded, paused, listed, downloaded and forgotten', async t => {
  const { withKey: client, mock } = await anSdk(t)
  const call = await client.calls.create({
    to: person,
    from: firstNumber,
    twiml: '<Response><Say>Hello</Say><Pause length="600"/></Response>'
  })
  await mock.clock.advance('20 s')

  const begun = await client.calls(call.sid).recordings.create({ recordingChannels: 'dual' })
  await mock.clock.advance('10 s')
  const paused = await client
    .calls(call.sid)
    .recordings('Twilio.CURRENT')
    .update({ status: 'paused', pauseBehavior: 'skip' })
  await mock.clock.advance('10 s')
  await client.calls(call.sid).recordings(begun.sid).update({ status: 'in-progress' })
  await client.calls(call.sid).update({ status: 'completed' })
  await mock.clock.advance('5 s')
  const [listed] = await client.recordings.list({ callSid: call.sid })
  const [ofCall] = await client.calls(call.sid).recordings.list()
  const file = await fetch(`${listed?.mediaUrl}.mp3`, { headers: { authorization } })
  const isRemoved = await client.recordings(begun.sid).remove()

  assert.deepEqual([begun.status, begun.channels, paused.status], ['in-progress', 2, 'paused'])
  assert.deepEqual([listed?.sid, listed?.status, listed?.duration], [begun.sid, 'completed', '10'])
  assert.equal(ofCall?.sid, begun.sid)
  assert.deepEqual([file.status, file.headers.get('content-type')], [200, 'audio/mpeg'])
  assert.ok((await file.arrayBuffer()).byteLength > 10_000)
  assert.equal(isRemoved, true)
  assert.deepEqual(await client.recordings.list(), [])
  const forgotten = await client.recordings(begun.sid).fetch({ includeSoftDeleted: true })
  assert.equal(forgotten.status, 'deleted')
})

test('what is said onto a voicemail is written down', async t => {
  const { withKey: client, mock, receiver } = await anSdk(t)
  const twiml = new twilio.twiml.VoiceResponse()
  twiml.say('Leave a message')
  twiml.record({
    action: `${receiver.url}/recorded`,
    transcribe: true,
    transcribeCallback: `${receiver.url}/transcribed`,
    recordingStatusCallback: `${receiver.url}/recording`
  })
  receiver.answers(({ url }) =>
    url === '/recorded' ? { body: '<Response><Hangup/></Response>' } : { status: 204 }
  )
  phone(mock, person).is({ calls: { says: ['the bus did not come today, please call me back'] } })
  const { sid: callSid } = await client.calls.create({ to: person, from: firstNumber, twiml })

  await mock.clock.advance('2 min')

  const [recording] = await client.recordings.list({ callSid })
  const [transcription] = await client.transcriptions.list()
  const [ofRecording] = await client.recordings(recording?.sid ?? '').transcriptions.list()
  assert.equal(recording?.source, 'RecordVerb')
  assert.deepEqual(
    [transcription?.status, transcription?.transcriptionText, transcription?.type],
    ['completed', 'The bus did not come today, please call me back.', 'fast']
  )
  assert.equal(ofRecording?.sid, transcription?.sid)
  const told = receiver.received.find(({ url }) => url === '/transcribed')?.form
  assert.deepEqual(
    [
      told?.['TranscriptionStatus'],
      told?.['TranscriptionText'],
      told?.['RecordingSid'],
      told?.['CallSid']
    ],
    ['completed', transcription?.transcriptionText, recording?.sid, callSid]
  )
  const one = client.transcriptions(transcription?.sid ?? '')
  assert.equal((await one.fetch()).recordingSid, recording?.sid)
  assert.equal(await one.remove(), true)
  await assert.rejects(one.fetch(), { code: 20404 })
})
