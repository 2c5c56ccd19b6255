import assert from 'node:assert/strict'
import { test } from 'node:test'

import { asTheGem, gem, gemAccount } from './as-the-gem.ts'

const conferenceSid = `CF${'F'.repeat(32)}`
const participants = `${gemAccount}/Conferences/${conferenceSid}/Participants`
const form = {
  To: '+16015550123',
  From: gem.number,
  Label: 'Mock Customer',
  EndConferenceOnExit: true,
  StartConferenceOnEnter: true
}

/** The gem's conferences have a sid that it makes up: in its world that is one. */
async function inTheWorldOfTheGem(t: Parameters<typeof asTheGem>[0]) {
  const built = await asTheGem(t)
  await built.control('POST', '/_mock/reset', { gem_compat: true })
  return built
}

test('test_mock_conferences: create', async t => {
  const { sdk, ask } = await inTheWorldOfTheGem(t)

  const participant = await sdk
    .conferences(conferenceSid)
    .participants.create({ to: '+16015550124', from: gem.number, label: 'Another' })
  const { status, body } = await ask('POST', `${participants}.json`, form)

  assert.equal(status, 201)
  assert.match(String(body['call_sid']), /^CA[0-9a-f]{32}$/)
  assert.deepEqual([body['conference_sid'], body['label']], [conferenceSid, 'Mock Customer'])
  // The gem says initiated, which is no status of a participant at Twilio.
  assert.deepEqual([body['status'], participant.status], ['queued', 'queued'])
  assert.ok(body['date_created'] && body['date_updated'])
  assert.deepEqual(
    [participant.conferenceSid, participant.accountSid],
    [conferenceSid, gem.accountSid]
  )
})

test('test_mock_conferences: update', async t => {
  const { sdk, ask, mock, receiver } = await inTheWorldOfTheGem(t)
  receiver.answers(({ url }) =>
    url.includes('call_welcome_message')
      ? { body: '<Response><Say>Welcome</Say></Response>' }
      : { status: 204 }
  )
  const { body: made } = await ask('POST', `${participants}.json`, form)
  const callSid = String(made['call_sid'])
  await mock.clock.advance('20 s')
  const announceUrl = `${receiver.url}/api/v1/twilio_calls/123/call_welcome_message`

  const updated = await sdk
    .conferences(conferenceSid)
    .participants(callSid)
    .update({ announceUrl, announceMethod: 'GET' })
  const { status, body } = await ask('POST', `${participants}/${callSid}.json`, {
    AnnounceUrl: announceUrl,
    AnnounceMethod: 'GET'
  })
  await mock.clock.advance('5 s')

  assert.deepEqual([status, updated.label, body['label']], [200, 'Mock Customer', 'Mock Customer'])
  // The gem says complete of everything; this one is in the conference.
  assert.equal(body['status'], 'connected')
  const asked = receiver.received.filter(({ url }) => url.includes('call_welcome_message'))
  assert.equal(asked[0]?.method, 'GET')
  const said = mock
    .world()
    .calls.find(callSid)
    ?.heard.map(({ what }) => what)
  assert.ok(said?.includes('Welcome'))
})

test('everywhere else a conference of that sid has to be there', async t => {
  const { ask } = await asTheGem(t)

  const refused = await ask('POST', `${participants}.json`, form)
  const named = await ask('POST', `${gemAccount}/Conferences/Family/Participants.json`, form)

  assert.deepEqual([refused.status, refused.body['code']], [400, 16022])
  assert.match(String(named.body['conference_sid']), /^CF[0-9a-f]{32}$/)
})

test('Webhooks::Conferences.trigger: the end of a conference is told, and once more when asked', async t => {
  const { ask, mock, receiver, control } = await inTheWorldOfTheGem(t)
  const url = `${receiver.url}/api/v1/twilio_calls/conference_status_changes`
  const { body } = await ask('POST', `${participants}.json`, {
    ...form,
    ConferenceStatusCallback: url
  })
  await mock.clock.advance('20 s')
  await ask('POST', `${gemAccount}/Calls/${String(body['call_sid'])}.json`, { Status: 'completed' })
  await mock.clock.advance('5 s')

  const again = await control('POST', '/_mock/callbacks', { sid: conferenceSid })
  await mock.clock.advance(0)

  const told = receiver.received.filter(({ url: path }) => path.includes('conference_status'))
  assert.equal(again.status, 202)
  assert.deepEqual(
    told.map(({ form: sent }) => [
      sent['StatusCallbackEvent'],
      sent['ConferenceSid'],
      sent['FriendlyName'],
      sent['SequenceNumber'],
      sent['ReasonConferenceEnded']
    ]),
    Array.from({ length: 2 }, () => [
      'conference-end',
      conferenceSid,
      conferenceSid,
      '1',
      'participant-with-end-conference-on-exit-left'
    ])
  )
  assert.ok(told.every(({ form: sent }) => sent['AccountSid'] && sent['Timestamp']))
})

test('Webhooks::Voicemail.trigger: a voicemail is told, and once more when asked', async t => {
  const { ask, mock, receiver, control } = await inTheWorldOfTheGem(t)
  const url = `${receiver.url}/api/v1/twilio_calls/create_voicemail`
  receiver.answers(() => ({ body: '<Response><Hangup/></Response>' }))
  const { body } = await ask('POST', `${gemAccount}/Calls.json`, {
    To: '+16015550123',
    From: gem.number,
    Twiml: `<Response><Record maxLength="4" trim="do-not-trim" timeout="0" recordingStatusCallback="${url}"/></Response>`
  })
  await mock.clock.advance('1 min')
  const [recording] = mock.world().recordings.all()

  const again = await control('POST', '/_mock/callbacks', { sid: recording?.sid ?? '' })
  await mock.clock.advance(0)

  const told = receiver.received.filter(({ url: path }) => path.includes('create_voicemail'))
  assert.equal(again.status, 202)
  assert.equal(told.length, 2)
  for (const { form: sent } of told) {
    const { RecordingUrl, RecordingStartTime, RecordingTrack, ...rest } = sent
    assert.deepEqual(rest, {
      AccountSid: gem.accountSid,
      CallSid: body.sid,
      ErrorCode: '0',
      RecordingChannels: '1',
      RecordingDuration: '4',
      RecordingSid: recording?.sid,
      RecordingSource: 'RecordVerb',
      RecordingStatus: 'completed'
    })
    assert.ok(RecordingUrl && RecordingStartTime && RecordingTrack)
  }
})
