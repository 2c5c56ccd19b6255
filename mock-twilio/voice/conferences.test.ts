import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import {
  account,
  build,
  firstNumber,
  secondNumber,
  type FormValues
} from '../../contracts/twilio/judged-mock.ts'
import { developmentAccountSeed } from '../development-account.ts'
import type { WorldSeed } from '../seeds.ts'
import { phone } from '../testing/phone.ts'

const moderator = '+16015550123'
const parent = '+16015550124'
const other = '+16015550125'

const everyEvent = 'start end join leave mute hold modify speaker announcement'

/** A school whose conferences are told at /conference, and which plays what is asked for. */
async function aSchool(t: TestContext, seed: Partial<WorldSeed> = {}) {
  const built = await build(t, [{ ...developmentAccountSeed(), ...seed }])
  const { request, receiver, mock } = built
  const documents = new Map<string, string>()
  receiver.answers(({ url }) => {
    const body = documents.get(url.split('?')[0] ?? '')
    return body === undefined ? { status: 204 } : { body: `<Response>${body}</Response>` }
  })
  const school = {
    ...built,
    documents,
    /** A call whose document takes it into a conference; what is behind the Dial follows. */
    enter: async (to: string, attributes = '', after = '', name = 'Bus') => {
      const noun = `<Conference statusCallback="${receiver.url}/conference" statusCallbackEvent="${everyEvent}" ${attributes}>${name}</Conference>`
      const { body } = await request('POST', `${account}/Calls.json`, {
        To: to,
        From: firstNumber,
        Twiml: `<Response><Dial>${noun}</Dial>${after}</Response>`
      })
      await mock.clock.advance('15 s')
      return body.sid
    },
    /** The application calls somebody into a conference. */
    invite: async (to: string, form: FormValues = {}, conference = 'Bus') =>
      request('POST', `${account}/Conferences/${conference}/Participants.json`, {
        To: to,
        From: secondNumber,
        ConferenceStatusCallback: `${receiver.url}/conference`,
        ConferenceStatusCallbackEvent: everyEvent.split(' '),
        ...form
      }),
    hangUp: async (sid: string) => {
      await request('POST', `${account}/Calls/${sid}.json`, { Status: 'completed' })
      await mock.clock.advance('5 s')
    },
    statusOf: async (sid: string) =>
      (await request('GET', `${account}/Calls/${sid}.json`)).body['status'],
    conference: async (query: FormValues = {}) => {
      const { body } = await request('GET', `${account}/Conferences.json`, query)
      const { conferences } = body
      assert.ok(Array.isArray(conferences))
      return conferences[0] ?? assert.fail('no conference')
    },
    participants: async (sid: string, query: FormValues = {}) => {
      const path = `${account}/Conferences/${sid}/Participants.json`
      const { participants } = (await request('GET', path, query)).body
      assert.ok(Array.isArray(participants))
      return participants.map(({ call_sid: callSid }: { call_sid: string }) => callSid)
    },
    update: (sid: string, callSid: string, form: FormValues) =>
      request('POST', `${account}/Conferences/${sid}/Participants/${callSid}.json`, form),
    says: async (callSid: string, words: string) => {
      const call = mock.world().calls.find(callSid) ?? assert.fail(`no call ${callSid}`)
      mock.conferences.spoken(mock.world(), call, { words, ms: 2000 })
      await mock.clock.advance('3 s')
    },
    told: () =>
      receiver.received.filter(({ url }) => url.startsWith('/conference')).map(({ form }) => form),
    events: () =>
      school.told().map(form => `${form['SequenceNumber']} ${form['StatusCallbackEvent']}`),
    codes: () => mock.world().alerts.map(({ code }) => code)
  }
  return school
}

function hears(
  school: Awaited<ReturnType<typeof aSchool>>,
  number: string,
  words: string
): boolean {
  return phone(school.mock, number)
    .conversation()
    .some(
      ({ direction, body, media }) =>
        direction === 'heard' && (body.includes(words) || media.some(url => url.includes(words)))
    )
}

test('who is first waits with music, and with the second it begins', async t => {
  const school = await aSchool(t)

  const first = await school.enter(moderator, 'participantLabel="moderator"')
  const waiting = await school.conference()
  const second = await school.enter(parent)
  const begun = await school.conference()

  assert.ok(hears(school, moderator, 'com.twilio.music.classical'))
  assert.ok(!hears(school, parent, 'com.twilio.music.classical'))
  assert.deepEqual(
    [waiting.status, waiting.friendly_name, begun.status, begun.region],
    ['init', 'Bus', 'in-progress', 'us1']
  )
  assert.deepEqual(await school.participants(begun.sid), [first, second])
  assert.deepEqual(school.events(), [
    '1 participant-join',
    '2 participant-join',
    '3 conference-start'
  ])
  const [join, , start] = school.told()
  assert.deepEqual(join, {
    AccountSid: begun.account_sid,
    CallSid: first,
    Coaching: 'false',
    ConferenceSid: begun.sid,
    EndConferenceOnExit: 'false',
    FriendlyName: 'Bus',
    Hold: 'false',
    Muted: 'false',
    ParticipantLabel: 'moderator',
    SequenceNumber: '1',
    StartConferenceOnEnter: 'true',
    StatusCallbackEvent: 'participant-join',
    Timestamp: join?.['Timestamp']
  })
  assert.match(String(join?.['Timestamp']), /^Mon, 23 Nov 2026 12:00:\d\d \+0000$/)
  assert.equal(start?.['CallSid'], undefined)
})

test('those who start nothing wait for one who does', async t => {
  const school = await aSchool(t)

  await school.enter(parent, 'startConferenceOnEnter="false"')
  await school.enter(other, 'startConferenceOnEnter="false"')
  const waiting = (await school.conference()).status
  await school.enter(moderator)

  assert.deepEqual([waiting, (await school.conference()).status], ['init', 'in-progress'])
  assert.equal(school.events().at(-1), '4 conference-start')
})

test('the first participant decides where and of what the conference is told', async t => {
  const school = await aSchool(t)

  await school.enter(moderator, 'statusCallbackMethod="GET"')
  await school.enter(parent, 'statusCallbackMethod="POST"')

  const conferences = school.receiver.received.filter(({ url }) => url.startsWith('/conference'))
  assert.deepEqual([...new Set(conferences.map(({ method }) => method))], ['GET'])
})

test('a conference without a wish is told of to nobody', async t => {
  const school = await aSchool(t)
  const enter = (To: string) =>
    school.request('POST', `${account}/Calls.json`, {
      To,
      From: firstNumber,
      Twiml: `<Response><Dial><Conference statusCallback="${school.receiver.url}/conference">Bus</Conference></Dial></Response>`
    })

  await enter(moderator)
  await enter(parent)
  await school.mock.clock.advance('1 min')

  assert.equal((await school.conference()).status, 'in-progress')
  assert.deepEqual(school.told(), [])
})

test('when one leaves who ends it, the others go on behind their Dial', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator, 'endConferenceOnExit="true" participantLabel="boss"')
  const second = await school.enter(parent, '', '<Say>It is over</Say><Pause length="30"/>')

  await school.hangUp(first)

  const {
    sid,
    status,
    reason_conference_ended: reason,
    call_sid_ending_conference: ending
  } = await school.conference()
  assert.deepEqual(
    [status, reason, ending],
    ['completed', 'participant-with-end-conference-on-exit-left', first]
  )
  assert.ok(hears(school, parent, 'It is over'))
  assert.equal(await school.statusOf(second), 'in-progress')
  assert.deepEqual(await school.participants(sid), [])
  assert.deepEqual(school.events().slice(3), [
    '4 participant-leave',
    '5 participant-leave',
    '6 conference-end'
  ])
  const [gone, sent, end] = school.told().slice(3)
  assert.deepEqual(
    [gone?.['ParticipantCallStatus'], gone?.['ReasonParticipantLeft']],
    ['completed', 'participant_hung_up']
  )
  assert.deepEqual(
    [sent?.['CallSid'], sent?.['ParticipantCallStatus'], sent?.['ReasonParticipantLeft']],
    [second, 'in-progress', 'moderator_ended_conference']
  )
  assert.deepEqual(
    [
      end?.['ReasonConferenceEnded'],
      end?.['CallSidEndingConference'],
      end?.['ParticipantLabelEndingConference']
    ],
    ['participant-with-end-conference-on-exit-left', first, 'boss']
  )
  assert.ok(end?.['Reason'])
})

test('when the last one leaves it ends, and the name is free again', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator)
  const second = await school.enter(parent)
  const before = await school.conference()

  await school.hangUp(second)
  const alone = await school.conference()
  await school.hangUp(first)
  const after = await school.conference()
  await school.enter(moderator)
  const next = await school.conference()

  assert.deepEqual(
    [alone.status, after.status, after.reason_conference_ended, after.call_sid_ending_conference],
    ['in-progress', 'completed', 'last-participant-left', first]
  )
  assert.deepEqual([after.sid, next.sid === after.sid], [before.sid, false])
  assert.equal(school.told().at(-1)?.['SequenceNumber'], '1', 'each conference counts for itself')
})

test('who leaves one that never began has ended it', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator)

  await school.hangUp(first)

  assert.equal((await school.conference()).reason_conference_ended, 'last-participant-left')
  assert.deepEqual(school.events(), [
    '1 participant-join',
    '2 participant-leave',
    '3 conference-end'
  ])
})

test('the application ends a conference for all, once', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator)
  const second = await school.enter(parent)
  const { sid } = await school.conference()
  const path = `${account}/Conferences/${sid}.json`

  const ended = await school.request('POST', path, { Status: 'completed' })
  await school.mock.clock.advance('1 s')
  const again = await school.request('POST', path, { Status: 'completed' })

  assert.deepEqual(
    [ended.status, ended.body['status'], ended.body['reason_conference_ended']],
    [200, 'completed', 'conference-ended-via-api']
  )
  assert.deepEqual([again.status, again.body['code']], [400, 16022])
  assert.deepEqual(
    [await school.statusOf(first), await school.statusOf(second)],
    ['completed', 'completed']
  )
  const reasons = school.told().map(form => form['ReasonParticipantLeft'] ?? '')
  assert.deepEqual(reasons.slice(-3), ['conference_ended_via_api', 'conference_ended_via_api', ''])
})

test('those inside hear each other, but for who is muted or on hold', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator)
  const second = await school.enter(parent, 'muted="true"')
  const third = await school.enter(other)
  const { sid } = await school.conference()

  await school.says(first, 'Good morning')
  await school.says(second, 'Can you hear me')
  await school.update(sid, second, { Muted: false })
  await school.says(second, 'And now')
  await school.update(sid, third, { Hold: true })
  await school.says(third, 'I am on hold')
  await school.says(first, 'She is on hold')
  await school.update(sid, third, { Hold: false })
  await school.says(first, 'Welcome back')

  const ears = (words: string) =>
    [moderator, parent, other].filter(each => hears(school, each, words))
  assert.deepEqual(ears('Good morning'), [parent, other])
  assert.deepEqual(ears('Can you hear me'), [])
  assert.deepEqual(ears('And now'), [moderator, other])
  assert.deepEqual(ears('I am on hold'), [])
  assert.deepEqual(ears('She is on hold'), [parent])
  assert.deepEqual(ears('Welcome back'), [parent, other])
  assert.ok(hears(school, other, 'com.twilio.music.classical'))
  const names = school.told().map(form => form['StatusCallbackEvent'])
  assert.deepEqual(
    names.filter(name => /mute|hold/.test(String(name))),
    ['participant-unmute', 'participant-hold', 'participant-unhold']
  )
  assert.equal(names.filter(name => name === 'participant-speech-start').length, 4)
  assert.equal(names.filter(name => name === 'participant-speech-stop').length, 4)
})

test('who coaches is heard by one alone', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator)
  const second = await school.enter(parent, `coach="${first}"`)
  const third = await school.enter(other)
  const { sid } = await school.conference()

  await school.says(second, 'Say good morning')
  const coaching = await school.participants(sid, { Coaching: true })
  const stopped = await school.update(sid, second, { Coaching: false })
  await school.says(second, 'Good morning all')
  const back = await school.update(sid, second, { CallSidToCoach: third })
  await school.mock.clock.advance(0)

  assert.deepEqual(coaching, [second])
  assert.ok(
    hears(school, moderator, 'Say good morning') && !hears(school, other, 'Say good morning')
  )
  assert.ok(
    hears(school, moderator, 'Good morning all') && hears(school, other, 'Good morning all')
  )
  assert.deepEqual(
    [stopped.body['coaching'], back.body['coaching'], back.body['call_sid_to_coach']],
    [false, true, third]
  )
  assert.equal(school.told().at(-1)?.['StatusCallbackEvent'], 'participant-modify')
  assert.equal(school.told().at(-1)?.['Coaching'], 'true')
})

test('a document is played to one, or to all, and its end is told', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator)
  await school.enter(parent)
  const { sid } = await school.conference()
  school.documents.set('/one', '<Say>For you alone</Say>')
  school.documents.set('/all', '<Play>/gong.mp3</Play><Say>For all of you</Say>')
  const at = (path: string) => school.receiver.url + path

  await school.update(sid, first, { AnnounceUrl: at('/one'), AnnounceMethod: 'GET' })
  await school.mock.clock.advance('10 s')
  await school.request('POST', `${account}/Conferences/${sid}.json`, { AnnounceUrl: at('/all') })
  await school.mock.clock.advance('10 s')
  await school.update(sid, first, { AnnounceUrl: at('/nothing') })
  await school.request('POST', `${account}/Conferences/${sid}.json`, {
    AnnounceUrl: 'http://127.0.0.1:9/refused'
  })
  await school.mock.clock.advance('10 s')

  assert.ok(hears(school, moderator, 'For you alone') && !hears(school, parent, 'For you alone'))
  assert.ok(hears(school, moderator, '/gong.mp3') && hears(school, parent, 'For all of you'))
  const announcements = school
    .told()
    .filter(form => String(form['StatusCallbackEvent']).startsWith('announcement'))
    .map(form => [
      form['StatusCallbackEvent'],
      form['CallSid'],
      form['AnnounceUrl'],
      form['ReasonAnnouncementFailed'] !== undefined
    ])
  assert.deepEqual(announcements, [
    ['announcement-end', first, at('/one'), false],
    ['announcement-end', undefined, at('/all'), false],
    ['announcement-end', first, at('/nothing'), false],
    ['announcement-fail', undefined, 'http://127.0.0.1:9/refused', true]
  ])
  const [asked] = school.receiver.received.filter(({ url }) => url.startsWith('/one'))
  assert.deepEqual([asked?.method, asked?.form['ConferenceSid']], ['GET', sid])
})

test('who waits hears the documents of the waitUrl, round and round until it begins', async t => {
  const school = await aSchool(t)
  school.documents.set(
    '/wait',
    '<Say>Please wait</Say><Pause length="2"/><Redirect>/wait</Redirect>'
  )

  await school.enter(moderator, `waitUrl="${school.receiver.url}/wait"`)
  await school.mock.clock.advance('30 s')
  const asked = () => school.receiver.received.filter(({ url }) => url === '/wait').length
  const rounds = asked()
  await school.enter(parent)
  const atStart = asked()
  await school.mock.clock.advance('1 min')

  assert.ok(rounds > 5, `${rounds} rounds`)
  assert.equal(asked(), atStart)
  assert.ok(hears(school, moderator, 'Please wait') && !hears(school, parent, 'Please wait'))
})

test('a wait document has sounds alone, and at its end there is silence', async t => {
  const school = await aSchool(t)
  school.documents.set('/wait', '<Hangup/><Say>Please wait</Say>')

  const first = await school.enter(moderator, `waitUrl="${school.receiver.url}/wait"`)
  await school.mock.clock.advance('1 min')

  assert.deepEqual(school.codes(), [13238])
  assert.ok(hears(school, moderator, 'Please wait'))
  assert.equal(await school.statusOf(first), 'in-progress')
  assert.equal(school.receiver.received.filter(({ url }) => url === '/wait').length, 1)
})

test('an empty waitUrl is silence', async t => {
  const school = await aSchool(t)

  await school.enter(moderator, 'waitUrl=""')

  phone(school.mock, moderator).hasHeardNothing()
})

test('who is on hold hears what the application plays', async t => {
  const school = await aSchool(t)
  await school.enter(moderator)
  const second = await school.enter(parent)
  const { sid } = await school.conference()
  school.documents.set('/hold', '<Say>You are on hold</Say>')

  const held = await school.update(sid, second, {
    Hold: true,
    HoldUrl: `${school.receiver.url}/hold`
  })
  await school.mock.clock.advance('10 s')

  assert.equal(held.body['hold'], true)
  assert.ok(hears(school, parent, 'You are on hold'))
  const [asked] = school.receiver.received.filter(({ url }) => url.startsWith('/hold'))
  assert.equal(asked?.method, 'GET')
  assert.deepEqual(await school.participants(sid, { Hold: true }), [second])
})

test('a beep tells those inside who comes and goes, unless it is off', async t => {
  const school = await aSchool(t)
  await school.enter(moderator, 'beep="false"')
  await school.enter(parent, 'beep="false"')
  const beeps = () =>
    phone(school.mock, moderator)
      .conversation()
      .filter(({ media }) => media.includes('beep')).length
  const counts: number[] = []

  for (const beep of ['true', 'false', 'onEnter', 'onExit']) {
    const before = beeps()
    const sid = await school.enter(other, `beep="${beep}"`)
    await school.hangUp(sid)
    counts.push(beeps() - before)
  }

  assert.deepEqual(counts, [2, 0, 1, 1])
})

test('a conference that is full, and an account that is, keep a call out, which goes on', async t => {
  const school = await aSchool(t, { conference_limit: 3 })
  await school.enter(moderator)
  await school.enter(parent)

  await school.enter(other, 'maxParticipants="2"', '<Say>It is full</Say>')
  await school.enter(other, '', '', 'Another')
  await school.enter('+16015550126', '', '<Say>No more</Say>', 'Another')

  assert.ok(hears(school, other, 'It is full') && hears(school, '+16015550126', 'No more'))
  assert.deepEqual(school.codes(), [16020, 16021])
})

test('a label is of one participant at a time', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator, 'participantLabel="boss"')
  await school.enter(parent, 'participantLabel="boss"', '<Say>Taken</Say>')
  const second = await school.enter(other)
  const { sid } = await school.conference()

  const path = `${account}/Conferences/${sid}/Participants/boss.json`
  const found = await school.request('GET', path)
  const kicked = await school.request('DELETE', path)
  await school.mock.clock.advance('1 s')

  assert.deepEqual(school.codes(), [16025])
  assert.ok(hears(school, parent, 'Taken'))
  assert.deepEqual([found.body['call_sid'], found.body['label']], [first, 'boss'])
  assert.equal(kicked.status, 204)
  assert.deepEqual(await school.participants(sid), [second])
  const left = school.told().at(-1)
  assert.deepEqual(
    [left?.['ReasonParticipantLeft'], left?.['ParticipantCallStatus']],
    ['participant_updated_via_api', 'in-progress']
  )
})

test('who is taken out goes on behind the Dial, and may have ended the conference', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator, 'endConferenceOnExit="true"', '<Pause length="60"/>')
  await school.enter(parent)
  const { sid } = await school.conference()

  await school.request('DELETE', `${account}/Conferences/${sid}/Participants/${first}.json`)
  await school.mock.clock.advance('1 s')

  assert.equal(
    (await school.conference()).reason_conference_ended,
    'participant-with-end-conference-on-exit-kicked'
  )
  assert.equal(await school.statusOf(first), 'in-progress')
  assert.equal(
    (await school.request('GET', `${account}/Conferences/${sid}/Participants/${first}.json`))
      .status,
    404
  )
})

test('a call that is redirected has left', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator)
  await school.enter(parent)

  await school.request('POST', `${account}/Calls/${first}.json`, {
    Twiml: '<Response><Say>Elsewhere</Say></Response>'
  })
  await school.mock.clock.advance('5 s')

  const left = school.told().find(form => form['StatusCallbackEvent'] === 'participant-leave')
  assert.deepEqual(
    [left?.['CallSid'], left?.['ReasonParticipantLeft']],
    [first, 'participant_updated_via_api']
  )
  assert.ok(hears(school, moderator, 'Elsewhere'))
})

test('the application calls somebody in, who is there when picking up', async t => {
  const school = await aSchool(t)

  const invited = await school.invite(parent, { Label: 'parent', EndConferenceOnExit: true })
  const { call_sid: callSid, conference_sid: sid } = invited.body
  const path = `${account}/Conferences/${String(sid)}/Participants/parent.json`
  const statuses = [invited.body['status']]
  for (const wait of ['600 ms', '2 s', '15 s']) {
    await school.mock.clock.advance(wait)
    statuses.push((await school.request('GET', path)).body['status'])
  }
  await school.invite(moderator, {}, String(sid))
  await school.mock.clock.advance('15 s')

  assert.deepEqual([invited.status, invited.body['queue_time']], [201, '0'])
  assert.deepEqual(
    [invited.body['end_conference_on_exit'], invited.body['start_conference_on_enter']],
    [true, true]
  )
  assert.deepEqual(statuses, ['queued', 'connecting', 'ringing', 'connected'])
  assert.equal((await school.conference()).status, 'in-progress')
  const { body: call } = await school.request('GET', `${account}/Calls/${String(callSid)}.json`)
  assert.deepEqual([call['direction'], call['from']], ['outbound-api', secondNumber])
  await school.hangUp(String(callSid))
  assert.equal((await school.conference()).status, 'completed')
})

test('somebody is called in with all that can be said of it', async t => {
  const school = await aSchool(t)
  const { url } = school.receiver
  const first = await school.enter(moderator)
  school.documents.set('/wait', '<Say>Please wait</Say>')

  const { status, body } = await school.invite(parent, {
    Label: 'parent',
    Timeout: 20,
    TimeLimit: 60,
    StatusCallback: `${url}/status`,
    StatusCallbackMethod: 'GET',
    StatusCallbackEvent: 'answered completed',
    Record: true,
    RecordingChannels: 'dual',
    RecordingTrack: 'both',
    RecordingStatusCallback: `${url}/recording`,
    RecordingStatusCallbackMethod: 'POST',
    RecordingStatusCallbackEvent: ['in-progress', 'completed', 'absent'],
    Trim: 'do-not-trim',
    Muted: true,
    Beep: 'onExit',
    StartConferenceOnEnter: false,
    EndConferenceOnExit: true,
    WaitUrl: `${url}/wait`,
    WaitMethod: 'GET',
    EarlyMedia: false,
    MaxParticipants: 10,
    ConferenceRecord: 'record-from-start',
    ConferenceTrim: 'do-not-trim',
    ConferenceStatusCallbackMethod: 'POST',
    ConferenceRecordingStatusCallback: `${url}/whole`,
    ConferenceRecordingStatusCallbackMethod: 'POST',
    ConferenceRecordingStatusCallbackEvent: 'completed',
    Coaching: true,
    CallSidToCoach: first,
    JitterBufferSize: 'small',
    Region: 'ie1',
    CallReason: 'The bus is late',
    MachineDetection: 'Enable',
    MachineDetectionTimeout: 10,
    MachineDetectionSpeechThreshold: 2000,
    MachineDetectionSpeechEndThreshold: 1000,
    MachineDetectionSilenceTimeout: 3000,
    AmdStatusCallback: `${url}/amd`,
    AmdStatusCallbackMethod: 'POST'
  })
  await school.mock.clock.advance('15 s')
  const path = `${account}/Conferences/${String(body['conference_sid'])}/Participants/parent.json`
  const inside = (await school.request('GET', path)).body
  await school.mock.clock.advance('2 min')

  assert.deepEqual(
    [status, inside['muted'], inside['coaching'], inside['end_conference_on_exit']],
    [201, true, true, true]
  )
  assert.equal((await school.conference()).status, 'completed', 'after a minute, by its TimeLimit')
  const told = (where: string) =>
    school.receiver.received
      .filter(({ url: asked }) => asked.startsWith(where))
      .map(({ form }) => form['RecordingStatus'] ?? form['CallStatus'] ?? form['AnsweredBy'])
  assert.deepEqual(told('/status'), ['in-progress', 'completed'])
  assert.deepEqual(told('/recording'), ['in-progress', 'completed'])
  assert.deepEqual(told('/amd'), ['human'])
})

test('who does not pick up was added in vain, and a conference of nobody is over', async t => {
  const school = await aSchool(t)
  const endings: [() => unknown, string][] = [
    [() => phone(school.mock, parent).isBusy(), 'busy'],
    [() => phone(school.mock, parent).letsItRing(), 'no-answer'],
    [() => phone(school.mock, parent).is({ condition: 'inactive' }), 'failed']
  ]

  for (const [happens, status] of endings) {
    happens()
    await school.invite(parent)
    await school.mock.clock.advance('2 min')

    const [left, end] = school.told().slice(-2)
    assert.deepEqual(
      [left?.['ParticipantCallStatus'], left?.['ReasonParticipantLeft']],
      [status, 'participant_add_failed']
    )
    assert.equal(end?.['ReasonConferenceEnded'], 'last-participant-left')
    assert.equal((await school.conference()).status, 'completed')
  }
})

test('who is still being called when it ends is not called any further', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator, 'endConferenceOnExit="true"')
  phone(school.mock, parent).letsItRing()
  const { body } = await school.invite(parent)
  await school.mock.clock.advance('5 s')

  await school.hangUp(first)

  assert.equal((await school.conference()).status, 'completed')
  assert.equal(await school.statusOf(String(body['call_sid'])), 'canceled')
})

test('an invitation can be taken back', async t => {
  const school = await aSchool(t)
  await school.enter(moderator)
  phone(school.mock, parent).letsItRing()
  const { body } = await school.invite(parent)
  const { call_sid: callSid, conference_sid: sid } = body
  await school.mock.clock.advance('5 s')

  await school.request(
    'DELETE',
    `${account}/Conferences/${String(sid)}/Participants/${String(callSid)}.json`
  )
  await school.mock.clock.advance(0)

  assert.equal(await school.statusOf(String(callSid)), 'canceled')
  assert.equal(school.told().at(-1)?.['ParticipantCallStatus'], 'canceled')
  assert.equal((await school.conference()).status, 'init')
})

test('who is called in can be told from a machine, and be recorded', async t => {
  const school = await aSchool(t)
  phone(school.mock, parent).isAnsweringMachine()

  const { body } = await school.invite(parent, {
    MachineDetection: 'Enable',
    AmdStatusCallback: `${school.receiver.url}/amd`,
    Record: true,
    RecordingChannels: 'dual',
    RecordingStatusCallback: `${school.receiver.url}/recording`,
    StatusCallback: `${school.receiver.url}/status`,
    StatusCallbackEvent: ['answered', 'completed']
  })
  const callSid = String(body['call_sid'])
  await school.mock.clock.advance('1 min')
  await school.hangUp(callSid)

  const told = (path: string) => school.receiver.received.filter(({ url }) => url === path)
  assert.equal(told('/amd')[0]?.form['AnsweredBy'], 'machine_start')
  assert.deepEqual(
    told('/status').map(({ form }) => form['CallStatus']),
    ['in-progress', 'completed']
  )
  const [recorded] = told('/recording')
  assert.deepEqual(
    [
      recorded?.form['CallSid'],
      recorded?.form['RecordingSource'],
      recorded?.form['RecordingChannels']
    ],
    [callSid, 'OutboundAPI', '2']
  )
})

test('a conference is recorded from its start to its end, with what was said', async t => {
  const school = await aSchool(t)
  const first = await school.enter(
    moderator,
    `record="record-from-start" trim="do-not-trim" recordingStatusCallback="${school.receiver.url}/recording" recordingStatusCallbackEvent="in-progress completed"`
  )
  await school.mock.clock.advance('1 min')
  const second = await school.enter(parent)
  const { sid } = await school.conference()
  await school.says(first, 'Good morning')
  await school.says(second, 'Good morning to you')
  const path = `${account}/Conferences/${sid}/Recordings`
  const paused = await school.request('POST', `${path}/Twilio.CURRENT.json`, {
    Status: 'paused',
    PauseBehavior: 'skip'
  })
  await school.says(first, 'This is a secret')
  await school.request('POST', `${path}/${paused.body.sid}.json`, { Status: 'in-progress' })
  await school.hangUp(first)
  await school.hangUp(second)

  const { body } = await school.request('GET', `${path}.json`)
  const [recording] = Object(body['recordings'])
  assert.deepEqual(
    [
      recording.sid,
      recording.status,
      recording.source,
      recording.conference_sid,
      recording.channels
    ],
    [paused.body.sid, 'completed', 'Conference', sid, 1]
  )
  const said = school.mock.world().recordings.find(recording.sid)?.said
  assert.deepEqual(
    said?.map(({ who, words }) => [who, words]),
    [
      [moderator, 'Good morning'],
      [parent, 'Good morning to you']
    ]
  )
  const told = school.receiver.received
    .filter(({ url }) => url === '/recording')
    .map(({ form }) => [form['RecordingStatus'], form['ConferenceSid'], form['CallSid']])
  assert.deepEqual(told, [
    ['in-progress', sid, undefined],
    ['completed', sid, undefined]
  ])
  const one = `${path}/${recording.sid}.json`
  assert.equal((await school.request('GET', one)).body['duration'], recording.duration)
  assert.equal((await school.request('DELETE', one)).status, 204)
  assert.equal((await school.request('GET', one)).status, 404)
})

test('a recording that is told nowhere else is told in the old way', async t => {
  const school = await aSchool(t)
  const first = await school.enter(
    moderator,
    `record="record-from-start" trim="do-not-trim" eventCallbackUrl="${school.receiver.url}/old"`
  )
  const second = await school.enter(parent)
  await school.hangUp(first)
  await school.hangUp(second)

  const [told, ...others] = school.receiver.received.filter(({ url }) => url === '/old')
  const { EventName, Duration, RecordingUrl, RecordingFileSize } = told?.form ?? {}
  assert.deepEqual(others, [])
  assert.equal(EventName, 'conference-record-end')
  assert.equal(Number(RecordingFileSize), 44 + Number(Duration) * 16_000)
  assert.match(String(RecordingUrl), /\/Recordings\/RE[0-9a-f]{32}$/)
})

test('conferences are listed newest first, by name, by status and by date', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator, '', '', 'North')
  await school.hangUp(first)
  await school.mock.clock.advance('1 h')
  await school.enter(parent, '', '', 'South')
  const names = async (query: FormValues) => {
    const { conferences } = (await school.request('GET', `${account}/Conferences.json`, query)).body
    assert.ok(Array.isArray(conferences))
    return conferences.map(({ friendly_name: name }: { friendly_name: string }) => name)
  }

  assert.deepEqual(await names({}), ['South', 'North'])
  assert.deepEqual(await names({ FriendlyName: 'North' }), ['North'])
  assert.deepEqual(await names({ Status: 'init' }), ['South'])
  assert.deepEqual(await names({ Status: 'completed' }), ['North'])
  assert.deepEqual(await names({ 'DateCreated>': '2026-11-23T12:30:00Z' }), ['South'])
  assert.deepEqual(await names({ 'DateUpdated<': '2026-11-23T12:30:00Z' }), ['North'])
  assert.deepEqual(await names({ PageSize: 1 }), ['South'])
  const { sid } = await school.conference({ FriendlyName: 'North' })
  assert.equal((await school.request('GET', `${account}/Conferences/${sid}.json`)).status, 200)
})

test('what is wrong with a conference or a participant is refused, and nothing is changed', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator, 'participantLabel="boss"')
  const { sid } = await school.conference()
  phone(school.mock, other).letsItRing()
  const ringing = (await school.invite(other)).body
  await school.mock.clock.advance('5 s')
  const before = JSON.stringify(school.mock.world().conferences.find(sid))
  const gone = `CF${'0'.repeat(32)}`
  const update = (form: FormValues) => school.update(sid, first, form)
  const refusals: [number, Promise<{ body: Record<string, unknown> }>][] = [
    [20404, school.request('GET', `${account}/Conferences/${gone}.json`)],
    [20404, school.request('GET', `${account}/Conferences/${gone}/Participants.json`)],
    [20404, school.update(sid, `CA${'0'.repeat(32)}`, { Muted: true })],
    [16022, school.invite(parent, {}, gone)],
    [20001, school.invite(parent, {}, 'x'.repeat(129))],
    [16026, school.invite(parent, { Label: 'boss' })],
    [16024, school.invite(parent, { Label: 'a/b' })],
    [16024, school.invite(parent, { Label: first })],
    [16020, school.invite(parent, { MaxParticipants: 2 })],
    [20001, school.invite(parent, { MaxParticipants: 251 })],
    [20001, school.invite(parent, { Beep: 'loud' })],
    [20001, school.invite(parent, { ConferenceStatusCallbackEvent: 'everything' })],
    [21609, school.invite(parent, { ConferenceStatusCallback: 'here' })],
    [20001, school.invite(parent, { ConferenceRecord: 'perhaps' })],
    [20001, school.invite(parent, { ConferenceRecordingStatusCallbackEvent: 'over' })],
    [20001, school.invite(parent, { Coaching: true })],
    [16028, school.invite(parent, { CallSidToCoach: `CA${'0'.repeat(32)}` })],
    [21402, school.invite(parent, { WaitUrl: 'music.mp3' })],
    [21208, school.invite(parent, { Timeout: 601 })],
    [21201, school.invite('')],
    [21210, school.invite(parent, { From: '+16015550199' })],
    [16028, update({ Coaching: true, CallSidToCoach: first })],
    [20001, update({ Coaching: true })],
    [20001, update({ EndConferenceOnExit: 'perhaps' })],
    [21402, update({ HoldUrl: 'music.mp3', Hold: true })],
    [21209, update({ HoldMethod: 'PUT', Hold: true })],
    [21402, update({ AnnounceUrl: 'gong.mp3', Muted: true })],
    [21402, update({ WaitUrl: 'music.mp3' })],
    [21220, school.update(sid, String(ringing['call_sid']), { AnnounceUrl: 'http://a.example/' })],
    [20001, school.request('POST', `${account}/Conferences/${sid}.json`, { Status: 'init' })],
    [20001, school.request('GET', `${account}/Conferences.json`, { Status: 'over' })],
    [
      20001,
      school.request('GET', `${account}/Conferences/${sid}/Participants.json`, { Muted: 'x' })
    ]
  ]

  for (const [index, [code, answer]] of refusals.entries()) {
    assert.equal((await answer).body['code'], code, `refusal ${index}`)
  }

  assert.equal(JSON.stringify(school.mock.world().conferences.find(sid)), before)
  assert.equal(school.mock.world().conferences.size, 1)
})

test('whoever is to be coached is not on hold', async t => {
  const school = await aSchool(t)
  const first = await school.enter(moderator)
  const second = await school.enter(parent)
  const { sid } = await school.conference()
  await school.update(sid, first, { Hold: true })

  const { body } = await school.update(sid, second, { Coaching: true, CallSidToCoach: first })

  assert.equal(body['code'], 16027)
})

test('an attribute that is none is told to the debugger, and its default counts', async t => {
  const school = await aSchool(t)
  const wrong: [number, string][] = [
    [13230, 'muted="perhaps"'],
    [13231, 'endConferenceOnExit="1"'],
    [13232, 'startConferenceOnEnter="no"'],
    [13233, 'waitUrl="http://["'],
    [13234, 'waitMethod="PUT"'],
    [13235, 'beep="loud"'],
    [13239, 'trim="some"'],
    [13217, 'record="always"'],
    [13256, 'recordingStatusCallback="http://["'],
    [13621, 'recordingStatusCallbackEvent="over"'],
    [16002, 'maxParticipants="251"'],
    [16002, 'jitterBufferSize="huge"'],
    [12200, 'colour="red"']
  ]

  for (const [code, attribute] of wrong) {
    const sid = await school.enter(moderator, attribute)
    assert.equal(await school.statusOf(sid), 'in-progress', attribute)
    await school.hangUp(sid)
    assert.equal(school.codes().at(-1), code, attribute)
  }
  assert.equal(school.codes().length, wrong.length)
  assert.ok(school.mock.world().alerts.every(({ severity }) => severity === 'warning'))
})

test('a name, a label or a coach that is none keeps the call out', async t => {
  const school = await aSchool(t)
  const wrong: [number, string, string][] = [
    [13237, '', ''],
    [13237, '', 'x'.repeat(129)],
    [13236, '', `CF${'0'.repeat(32)}`],
    [16023, 'participantLabel="a/b"', 'Bus'],
    [13240, 'coach="boss"', 'Bus']
  ]

  for (const [code, attribute, name] of wrong) {
    const sid = await school.enter(moderator, attribute, '', name)
    assert.equal(await school.statusOf(sid), 'completed')
    assert.equal(school.codes().at(-1), code, `${attribute} ${name}`)
  }
  assert.equal(school.mock.world().conferences.size, 0)
})
