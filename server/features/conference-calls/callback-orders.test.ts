import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { build, firstNumber, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { assertNobodyIsOnTheLine, eventsOf, person } from '../../testing/calls.ts'
import { orderingsOf } from '../../testing/orderings.ts'
import { replay } from '../../testing/replay.ts'
import { applyCallReport } from '../calls/apply-call-report.ts'
import { type CallRow, newCall } from '../calls/call-row.ts'
import { type Conference, type ConferenceRow, factsOf } from './conference-row.ts'
import { assess } from './lifecycle.ts'
import { takeConferenceEvent } from './receive-conference-events.ts'

/*
 * No order and no repetition of callbacks leaves a conference call in a wrong or an open state: every order of the ones
 * that matter, and random orders of all that a real conference caused, with repetitions, through the whole server.
 */

const leg = (kind: string, id: number): CallRow => ({
  ...newCall(
    {
      uuid: `0193585e-7c00-7000-8000-00000000000${id}`,
      bearer_id: 1,
      kind,
      participant_number: `+1601555010${id}`,
      provider_number: firstNumber,
      internal_status: 'calling'
    },
    0
  ),
  id,
  dialled_sid: null,
  answered_by: null,
  menu_choice: null,
  provider_call_at: 0,
  joined_at: null,
  left_at: null,
  welcomed_at: null,
  client_conversation_id: null,
  global_id: null,
  internal_conversation_id: null,
  conversation_callback_url: null,
  recording_status: null,
  recording_key: null,
  recording_duration: null,
  transcription_status: null,
  transcription_text: null
})

const row: ConferenceRow = {
  id: 1,
  uuid: '0193585e-7c00-7000-8000-000000000000',
  bearer_id: 1,
  conversation_id: 1,
  conference_sid: null,
  twilio_number: firstNumber,
  moderator_number: '+16015550101',
  participant_numbers: '[]',
  welcome_message: null,
  callback_url: null,
  internal_status: 'calling_moderator',
  provider_status: null,
  error_code: null,
  error_description: null,
  failed_at: null,
  created_at: 0,
  updated_at: 0,
  client_conversation_id: null,
  conversation_callback_url: null,
  conversation_welcome_message: null
}

type News = (conference: Conference) => void

const reports =
  (whom: 'moderator' | 'participant', status: string, answeredBy: string | null = null): News =>
  ({ moderator, participants }) => {
    const [participant] = participants
    const about = whom === 'moderator' ? moderator : participant
    if (about) applyCallReport(about, { sid: `CA-${whom}`, status, answeredBy }, 1)
  }
const tells =
  (event: string, whom?: 'moderator' | 'participant'): News =>
  conference => {
    const about = whom === 'participant' ? conference.participants[0] : conference.moderator
    takeConferenceEvent(
      conference,
      {
        conferenceUuid: row.uuid,
        conferenceSid: 'CF1',
        event,
        callSid: '',
        label: whom === undefined ? '' : (about?.uuid ?? ''),
        legStatus: ''
      },
      1
    )
  }

test('every order of what is told of a conversation ends as completed, and at no time as anything else that is over', () => {
  const news = [
    reports('moderator', 'in-progress', 'human'),
    tells('participant-join', 'moderator'),
    reports('participant', 'in-progress'),
    tells('participant-join', 'participant'),
    tells('conference-end'),
    reports('moderator', 'completed'),
    reports('participant', 'completed')
  ]
  const open = new Set(['calling_moderator', 'calling_participants', 'in_progress', 'ending'])
  let orders = 0
  for (const order of orderingsOf(news)) {
    const conference: Conference = {
      row: { ...row },
      moderator: leg('moderator', 1),
      participants: [leg('participant', 2)]
    }
    for (const each of order) {
      each(conference)
      const status = assess(factsOf(conference))
      assert.ok(open.has(status) || status === 'completed', status)
    }
    assert.equal(assess(factsOf(conference)), 'completed')
    orders++
  }
  assert.equal(orders, 5_040)
})

const people = ['+16015550160', '+16015550161', '+16015550162', '+16015550163'] as const

/** A conference of four, one of whom declines, as it really happened; and what it came to. */
async function aConference(server: TestServer) {
  const [moderator, ...participants] = people
  person(server, moderator, { answers: 'person', after: '3 s', hangs_up_after: '2 min' })
  for (const number of participants)
    person(server, number, { answers: 'person', after: '4 s', hangs_up_after: '1 min' })
  person(server, people[2], { answers: 'declines', after: '4 s' })
  const { body } = await server.request('POST', '/conference_calls', {
    body: {
      twilio_number: firstNumber,
      moderator_number: moderator,
      participant_numbers: participants,
      client_conversation_id: 'class-4b'
    }
  })
  await server.advance('10 min')
  const { uuid } = body.conference_call
  return { uuid: String(uuid), truth: await outcome(server, String(uuid)) }
}

async function outcome(server: TestServer, uuid: string) {
  const { body } = await server.request('GET', `/conference_calls/${uuid}`)
  return {
    status: body.internal_status,
    legs: body.participants.map((each: { internal_status: string }) => each.internal_status),
    isRecorded: body.recording_url !== ''
  }
}

/** As if the server had placed the calls and had heard nothing since. */
async function forget({ deps: { database } }: TestServer): Promise<void> {
  await sql`update conference_calls set internal_status = 'calling_moderator', conference_sid = null,
    provider_status = null, error_code = null, error_description = null, failed_at = null`.execute(
    database.sql
  )
  await sql`update calls set internal_status = 'calling', provider_status = null, call_sid = null, answered_by = null,
    error_code = null, error_description = null, failed_at = null, joined_at = null, left_at = null`.execute(
    database.sql
  )
  await sql`delete from recordings`.execute(database.sql)
}

onEachDatabase(dialect => {
  const rounds = dialect === 'sqlite' ? 8 : 2

  test(`the callbacks of a conference in ${rounds} random orders, with repetitions, end as it ended`, async t => {
    const server = await build(t, dialect)
    const { uuid, truth } = await aConference(server)
    assert.deepEqual(truth, {
      status: 'completed',
      legs: ['completed', 'busy', 'completed'],
      isRecorded: true
    })

    await replay(t, server, { rounds, atLeast: 20, forget: () => forget(server) }, async () => {
      assert.deepEqual(await outcome(server, uuid), truth)
      const told = eventsOf(server, 'conference_calls.conference_call.status_update')
      assert.equal(told.at(-1)?.['internal_status'], 'completed')
      assertNobodyIsOnTheLine(server)
    })
  })
})
