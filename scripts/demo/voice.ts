import assert from 'node:assert/strict'
import { eventually, type Json, type Stage } from './stage.ts'

const school = '+16015550100'
const teacher = '+16015550160'
const anna = '+16015550142'
const ben = '+16015550143'
const cleo = '+16015550144'

/** A school that calls: conferences, return calls with each choice, a voicemail, an announcement. */
export async function voice(stage: Stage): Promise<void> {
  // Time moves only when the story moves it, so that every run prints the same.
  await stage.mock('POST', '/clock', { set: '2026-11-23T12:00:00Z', mode: 'frozen' })
  await aConferenceOfThree(stage)
  await aMachineAsModerator(stage)
  await aReturnCallToABrowser(stage)
  await aVoicemail(stage)
  await anAnnouncement(stage)
  await anOptOut(stage)
}

async function aConferenceOfThree(stage: Stage): Promise<void> {
  await heading(stage, 'a conference: a parent comes, one declines, one has a machine')
  await does(stage, teacher, { answers: 'person', after: '3 s', hangs_up_after: '3 min' })
  await does(stage, anna, { answers: 'person', after: '4 s', hangs_up_after: '1 min' })
  await does(stage, ben, { answers: 'declines', after: '4 s' })
  await does(stage, cleo, { answers: 'machine' })

  const created = await convene(stage, [anna, ben, cleo])
  const conference = await conferenceEnds(stage, created)

  assert.equal(conference.internal_status, 'completed')
  assert.deepEqual(
    conference.participants.map((leg: Json) => leg.internal_status),
    ['completed', 'busy', 'completed']
  )
  await transcripts(stage, [teacher, anna, ben, cleo])
  const recorded = await stage.nextEvent(
    'conference_calls.conference_call.status_update',
    payload => payload.uuid === conference.uuid && payload.recording_url !== ''
  )
  const bytes = await download(recorded.recording_url)
  await stage.line('client app', `hears that they talked; the recording has ${bytes} bytes`)
}

async function aMachineAsModerator(stage: Stage): Promise<void> {
  await heading(stage, "the moderator's machine picks up")
  await does(stage, teacher, { answers: 'machine' })

  const conference = await conferenceEnds(stage, await convene(stage, [anna]))

  assert.equal(conference.internal_status, 'machine_detected')
  assert.equal(conference.participants[0].internal_status, 'canceled')
  await transcripts(stage, [teacher])
  await stage.line('client app', `hears: ${conference.error_description} Nobody else was called.`)
}

async function aReturnCallToABrowser(stage: Stage): Promise<void> {
  await heading(stage, 'a parent calls back and presses 1: the browser of the teacher rings')
  const { identity, token } = await stage.api('POST', '/sdk_calls/voice_token', {
    body: { conversation: { moderator_id: 'teacher_17', conversation_id: 'class-4b' } },
    expect: 201
  })
  await stage.mock('POST', '/clients', { token })
  await stage.mock('PUT', `/clients/${identity}`, {
    answers: 'person',
    after: '3 s',
    hangs_up_after: '20 s'
  })
  await does(stage, anna, { answers: 'person', presses: ['1'] })

  const call = await parentCalls(stage)

  assert.deepEqual([call.menu_choice, call.internal_status], ['connect', 'completed'])
  await transcripts(stage, [anna])
  await stage.line('client app', 'hears that the parent was connected')
  await stage.mock('DELETE', `/clients/${identity}`)
}

async function aVoicemail(stage: Stage): Promise<void> {
  await heading(stage, 'a parent calls back and presses 2: a message after the tone')
  await does(stage, anna, {
    answers: 'person',
    presses: ['2'],
    says: ['This is Anna. Ben is ill and stays at home today.']
  })

  const call = await parentCalls(stage)

  assert.equal(call.menu_choice, 'voicemail')
  await transcripts(stage, [anna])
  const recorded = await stage.nextEvent('direct_calls.voicemail.recorded', () => true)
  const bytes = await download(recorded.recording_url)
  assert.ok(bytes > 1_000)
  await stage.line(
    'client app',
    `gets a voicemail of ${recorded.caller_id}: ${bytes} bytes of audio behind a link`
  )
  await passes(stage, '1 min')
  const transcripted = await stage.nextEvent('direct_calls.voicemail.transcripted', () => true)
  assert.match(transcripted.transcription.text, /Ben is ill/)
  await stage.line('client app', `reads: "${transcripted.transcription.text}"`)
}

async function anAnnouncement(stage: Stage): Promise<void> {
  await heading(stage, 'an announcement by call: to a person, a machine and a busy line')
  await does(stage, anna, { answers: 'person', after: '3 s', presses: [] })
  await does(stage, ben, { answers: 'machine' })
  await does(stage, cleo, { answers: 'busy' })
  await stage.api('POST', '/announcements', {
    body: {
      announcement: {
        client_announcement_id: 'snow-day',
        global_customer_id: 'local-district',
        type: 'voice',
        body: 'School is closed today.',
        recipients: [anna, ben, cleo]
      }
    },
    expect: 202
  })
  await stage.line('school', 'announces "School is closed today." to three families')

  const announced = await eventually(
    'the announcement to reach two',
    async () => {
      await passes(stage, '1 min')
      const found = await stage.api('GET', '/announcements/snow-day')
      return found.counts.delivered === 2 ? found : undefined
    },
    30_000
  )
  assert.deepEqual(
    new Set(announced.messages.map((message: Json) => message.answered_by)),
    new Set(['human', 'machine_end_beep', null])
  )
  await transcripts(stage, [anna, ben])
  await stage.line('server', 'calls the busy line again in ten minutes')
  await does(stage, cleo, { answers: 'person', after: '3 s' })
  const reached = await eventually(
    'the busy line to be reached',
    async () => {
      await passes(stage, '5 min')
      const found = await stage.api('GET', '/announcements/snow-day')
      return found.counts.delivered === 3 ? found : undefined
    },
    30_000
  )
  assert.deepEqual(reached.counts, { delivered: 3 })
  await transcripts(stage, [cleo])
  await stage.line('client app', 'hears that all three were reached')
}

async function anOptOut(stage: Stage): Promise<void> {
  await heading(stage, 'a parent calls back and presses 3: no more calls')
  await does(stage, anna, { answers: 'person', presses: ['3'] })

  const call = await parentCalls(stage)

  assert.equal(call.menu_choice, 'opt_out')
  await transcripts(stage, [anna])
  const { error } = await stage.api('POST', '/conference_calls', {
    body: conferenceOf([anna]),
    expect: 422
  })
  assert.equal(error.code, 'receiver_opted_out')
  await stage.line('server', `refuses to call the parent: 422 ${error.code}`)
}

const heading = async (stage: Stage, what: string): Promise<void> => {
  process.stdout.write('\n')
  await stage.line('—', what)
}

/** What somebody does in calls from now on. */
async function does(stage: Stage, number: string, calls: object): Promise<void> {
  await stage.mock('PUT', `/handsets/${number}`, { calls })
}

const conferenceOf = (participants: readonly string[]): object => ({
  twilio_number: school,
  moderator_number: teacher,
  participant_numbers: participants,
  client_conversation_id: 'class-4b',
  welcome_message: 'Your school would like to talk to you.'
})

async function convene(stage: Stage, participants: readonly string[]): Promise<Json> {
  const created = await stage.api('POST', '/conference_calls', {
    body: conferenceOf(participants),
    expect: 201
  })
  await stage.line('school', `asks for a conference of ${teacher} with ${participants.join(', ')}`)
  return created
}

/** Lets time go by until the conference call is over, and its client has heard of that. */
async function conferenceEnds(stage: Stage, created: Json): Promise<Json> {
  const { uuid } = created.conference_call
  const over = await eventually(
    'the conference call to be over',
    async () => {
      await passes(stage, '10 s')
      const conference = await stage.api('GET', `/conference_calls/${uuid}`)
      const isOpen = /^(queued|calling_|in_progress|ending)/.test(conference.internal_status)
      return isOpen ? undefined : conference
    },
    60_000
  )
  return stage.nextEvent(
    'conference_calls.conference_call.status_update',
    payload => payload.uuid === uuid && payload.internal_status === over.internal_status
  )
}

/** Anna calls the school, and does what she does. Gives the call when it is over. */
async function parentCalls(stage: Stage): Promise<Json> {
  await stage.mock('POST', `/handsets/${anna}/calls`, { to: school })
  await stage.line('parent', `calls ${school}`)
  return eventually(
    'the return call to be over',
    async () => {
      await passes(stage, '15 s')
      const calls = await stage.mock('GET', '/calls')
      if (calls.some((call: Json) => /queued|ringing|in-progress/.test(call.status)))
        return undefined
      return stage.nextEvent(
        'direct_calls.call.status_update',
        payload => payload.internal_status === 'completed' && payload.recording_duration === null
      )
    },
    60_000
  )
}

/** Moves time, and gives the server's work a moment of its own. */
async function passes(stage: Stage, duration: string): Promise<void> {
  await stage.advance(duration)
  await new Promise(resolve => setTimeout(resolve, 50))
}

function print(title: string, lines: readonly string[]): void {
  assert.ok(lines.length > 0, title)
  process.stdout.write(`            ${title}:\n`)
  // The query of a question is ours, and says nothing to a reader.
  for (const line of lines)
    process.stdout.write(
      `              ${line.replace(/asks (\w+) \S+?(\/twilio_\w+\/\w+)\S*/, 'asks $1 $2')}\n`
    )
}

const printed = new Set<string>()

/** Prints what happened in the newest call of each, as the provider wrote it down. */
async function transcripts(stage: Stage, numbers: readonly string[]): Promise<void> {
  const calls: Json[] = await stage.mock('GET', '/calls')
  for (const number of numbers) {
    const call = calls.find(
      ({ sid, from, to }) => (from === number || to === number) && !printed.has(sid)
    )
    assert.ok(call, `${number} was in no call`)
    assert.ok(!/queued|ringing|in-progress/.test(call.status), `${number} is still on the line`)
    printed.add(call.sid)
    const { lines, legs } = await stage.mock('GET', `/calls/${call.sid}`)
    print(`${number}, ${call.status}`, lines)
    for (const sid of legs) {
      const leg = await stage.mock('GET', `/calls/${sid}`)
      print(`${leg.to}, ${leg.status}`, leg.lines)
    }
  }
}

/** How many bytes are behind a link; it needs no token. */
async function download(url: string): Promise<number> {
  const answer = await fetch(url)
  assert.equal(answer.status, 200)
  const { byteLength } = await answer.arrayBuffer()
  return byteLength
}
