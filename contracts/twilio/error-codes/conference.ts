import type { Answer, Built, FormValues } from '../judged-mock.ts'
import {
  account,
  debugged,
  firstNumber,
  person,
  refused,
  withWorld,
  type ErrorCause
} from './cause.ts'

const others = ['+16015550124', '+16015550125'] as const
const numbers = { numbers: [{ phone_number: firstNumber }] }

export const conferenceErrors: ErrorCause[] = [
  refused(16020, 400, 'a third one in a conference for two', async built => {
    for (const other of others) await invite(built, { To: other })
    return invite(built, { MaxParticipants: 2 })
  }),
  refused(16021, 400, 'more in conferences than the account may have', async built => {
    await withWorld(built, { conference_limit: 1, ...numbers })
    await invite(built, { To: others[0] })
    return invite(built, {}, 'Another')
  }),
  refused(16022, 400, 'a conference that is over is ended', async built => {
    const { body } = await invite(built)
    const path = `${account}/Conferences/${String(body['conference_sid'])}.json`
    await built.request('POST', path, { Status: 'completed' })
    return built.request('POST', path, { Status: 'completed' })
  }),
  refused(16024, 400, 'a participant label with a slash', built => invite(built, { Label: 'a/b' })),
  refused(16026, 400, 'two participants with the same label', async built => {
    await invite(built, { To: others[0], Label: 'boss' })
    return invite(built, { Label: 'boss' })
  }),
  refused(16027, 400, 'somebody on hold is to be coached', async built => {
    const coached = await inside(built)
    await update(built, coached, { Hold: true })
    return invite(built, { CallSidToCoach: coached.callSid })
  }),
  refused(16028, 400, 'somebody is to be coached who is not there', built =>
    invite(built, { CallSidToCoach: `CA${'9'.repeat(32)}` })
  ),
  refused(16108, 400, 'a call is recorded twice at once', async built => {
    const { callSid } = await inside(built)
    const path = `${account}/Calls/${callSid}/Recordings.json`
    await built.request('POST', path)
    return built.request('POST', path)
  }),
  refused(16113, 400, 'two channels of a recording that has one', async built => {
    const { body } = await record(built)
    return built.request('GET', `${account}/Recordings/${body.sid}`, { RequestedChannels: 2 })
  }),
  debugged(16101, 'a recording of less than a second', built => record(built, '500 ms')),
  debugged(16102, 'a silent recording in an account that keeps none', async built => {
    await withWorld(built, { silent_recordings: 'absent', ...numbers })
    return record(built)
  }),
  debugged(13617, 'a voicemail of two seconds is to be written down', built => {
    built.receiver.answers(() => ({ body: '<Response><Hangup/></Response>' }))
    const record = `<Record action="${built.receiver.url}/" maxLength="2" trim="do-not-trim" transcribe="true"/>`
    return answered(built, record)
  }),
  debugged(13238, 'somebody who waits is hung up on', async built => {
    built.receiver.answers(() => ({ body: '<Response><Hangup/></Response>' }))
    await enter(built, `waitUrl="${built.receiver.url}/wait"`)
  }),
  ...[
    { code: 13217, attribute: 'record="always"', cause: 'a conference is recorded always' },
    { code: 13230, attribute: 'muted="perhaps"', cause: 'a participant is muted perhaps' },
    { code: 13231, attribute: 'endConferenceOnExit="1"', cause: 'a conference ends with 1' },
    { code: 13232, attribute: 'startConferenceOnEnter="1"', cause: 'a conference starts with 1' },
    { code: 13233, attribute: 'waitUrl="http://["', cause: 'a waitUrl that is none' },
    { code: 13234, attribute: 'waitMethod="PUT"', cause: 'a waitMethod that is none' },
    { code: 13235, attribute: 'beep="loud"', cause: 'a beep that is none' },
    { code: 13239, attribute: 'trim="some"', cause: 'a conference is trimmed somewhat' },
    { code: 13240, attribute: 'coach="boss"', cause: 'a coach of somebody who is not there' },
    {
      code: 13256,
      attribute: 'recordingStatusCallback="http://["',
      cause: 'a recording is told nowhere'
    },
    {
      code: 13621,
      attribute: 'recordingStatusCallbackEvent="over"',
      cause: 'a recording is told when over'
    },
    { code: 16002, attribute: 'maxParticipants="251"', cause: 'a conference for 251' },
    {
      code: 16023,
      attribute: 'participantLabel="a/b"',
      cause: 'a document labels somebody with a slash'
    }
  ].map(({ code, attribute, cause }) => debugged(code, cause, built => enter(built, attribute))),
  debugged(13236, 'a conference is entered by the sid of none', built =>
    enter(built, '', `CF${'9'.repeat(32)}`)
  ),
  debugged(13237, 'a conference without a name', built => enter(built, '', '')),
  debugged(16025, 'a document gives a label that is taken', async built => {
    await enter(built, 'participantLabel="boss"')
    await enter(built, 'participantLabel="boss"', 'Bus', others[0])
  }),
  debugged(16020, 'a document takes a second one into a conference for one', async built => {
    await enter(built)
    await enter(built, 'maxParticipants="1"', 'Bus', others[0])
  }),
  debugged(16021, 'a document takes one more in than the account may have', async built => {
    await withWorld(built, { conference_limit: 1, ...numbers })
    await enter(built)
    await enter(built, '', 'Bus', others[0])
  })
]

function invite(built: Built, form: FormValues = {}, name = 'Bus'): Promise<Answer> {
  return built.request('POST', `${account}/Conferences/${name}/Participants.json`, {
    To: person,
    From: firstNumber,
    ...form
  })
}

interface Inside {
  conferenceSid: string
  callSid: string
}

async function inside(built: Built): Promise<Inside> {
  const { body } = await invite(built)
  await built.mock.clock.advance('20 s')
  return { conferenceSid: String(body['conference_sid']), callSid: String(body['call_sid']) }
}

function update(
  built: Built,
  { conferenceSid, callSid }: Inside,
  form: FormValues
): Promise<Answer> {
  const path = `${account}/Conferences/${conferenceSid}/Participants/${callSid}.json`
  return built.request('POST', path, form)
}

async function record(built: Built, lasts = '10 s'): Promise<Answer> {
  const { callSid } = await inside(built)
  const answer = await built.request('POST', `${account}/Calls/${callSid}/Recordings.json`)
  await built.mock.clock.advance(lasts)
  await built.request('POST', `${account}/Calls/${callSid}.json`, { Status: 'completed' })
  await built.mock.clock.advance('10 s')
  return answer
}

function enter(built: Built, attributes = '', name = 'Bus', to: string = person): Promise<void> {
  return answered(built, `<Dial><Conference ${attributes}>${name}</Conference></Dial>`, to)
}

async function answered(
  { request, mock }: Built,
  verbs: string,
  To: string = person
): Promise<void> {
  const Twiml = `<Response>${verbs}</Response>`
  await request('POST', `${account}/Calls.json`, { To, From: firstNumber, Twiml })
  await mock.clock.advance('30 s')
}
