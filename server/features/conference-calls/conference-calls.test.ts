import assert from 'node:assert/strict'
import { test } from 'node:test'
import { build, firstNumber, onEachDatabase, type TestServer } from '../../testing/build.ts'
import {
  assertNobodyIsOnTheLine,
  callsAtProvider,
  eventsOf,
  person,
  wordsHeard
} from '../../testing/calls.ts'
import type { CallHabits } from '../../../mock-twilio/carrier/persona.ts'

const moderator = '+16015550160'
const [anna, ben, cleo] = ['+16015550161', '+16015550162', '+16015550163'] as const

const convene = (server: TestServer, fields: object = {}) =>
  server.request('POST', '/conference_calls', {
    body: {
      twilio_number: firstNumber,
      moderator_number: moderator,
      participant_numbers: [anna, ben, cleo],
      client_conversation_id: 'class-4b',
      ...fields
    }
  })

const read = async (server: TestServer, created: { body: { conference_call: { uuid: string } } }) =>
  (await server.request('GET', `/conference_calls/${created.body.conference_call.uuid}`)).body

const told = (server: TestServer) =>
  eventsOf(server, 'conference_calls.conference_call.status_update')

const statusesTold = (server: TestServer, callUuid: string): unknown[] => [
  ...new Set(
    told(server)
      .filter(event => event['call_uuid'] === callUuid)
      .map(event => event['internal_status'])
  )
]

/** What people do: those who are not named pick up and talk for two minutes. */
function people(server: TestServer, habits: Partial<Record<string, CallHabits>>): void {
  for (const number of [moderator, anna, ben, cleo])
    person(server, number, {
      answers: 'person',
      after: '3 s',
      hangs_up_after: '2 min',
      ...habits[number]
    })
}

const legs = (conference: { participants: { internal_status: string }[] }) =>
  conference.participants.map(({ internal_status }) => internal_status)

onEachDatabase(dialect => {
  test('the moderator is called first, then the participants, and all talk in one recorded conference', async t => {
    const server = await build(t, dialect)
    people(server, { [moderator]: { hangs_up_after: '5 min' } })

    const created = await convene(server, { welcome_message: 'Welcome to class 4b.' })
    await server.advance('10 min')

    assert.equal(created.status, 201)
    assert.deepEqual(
      [created.body.participant_number, created.body.internal_status, created.body.recording_url],
      [moderator, 'queued', '']
    )
    assert.equal('call_sid' in created.body, false)
    assert.equal(callsAtProvider(server)[0]?.to, moderator)
    const conference = await read(server, created)
    assert.deepEqual(
      [conference.internal_status, conference.provider_status, legs(conference)],
      ['completed', 'completed', ['completed', 'completed', 'completed']]
    )
    for (const number of [anna, ben, cleo])
      assert.deepEqual(
        wordsHeard(server, number).filter(words => /Welcome/.test(words)),
        ['Welcome to class 4b.']
      )
    assert.ok(!wordsHeard(server, moderator).includes('Welcome to class 4b.'))
    assert.deepEqual(statusesTold(server, created.body.uuid), [
      'calling_moderator',
      'calling_participants',
      'in_progress',
      'completed'
    ])
    const audio = await fetch(conference.recording_url)
    assert.equal(audio.status, 200)
    const { body } = await server.request('GET', `/calls/${created.body.uuid}/recording_url`)
    assert.match(body.recording_url, /^http/)
    assertNobodyIsOnTheLine(server)
  })

  test('only the moderator is listened to for a machine', async t => {
    const server = await build(t, dialect)
    people(server, { [ben]: { answers: 'machine' } })

    await convene(server)
    await server.advance('10 min')

    const detected = callsAtProvider(server).filter(({ answeredBy }) => answeredBy !== null)
    assert.deepEqual(
      detected.map(({ to }) => to),
      [moderator]
    )
  })

  const endings: [
    what: string,
    habits: Partial<Record<string, CallHabits>>,
    status: string,
    legs: string[] | undefined
  ][] = [
    ['is busy as moderator', { [moderator]: { answers: 'busy' } }, 'moderator_busy', undefined],
    [
      'does not pick up as moderator',
      { [moderator]: { answers: 'nobody' } },
      'moderator_no_answer',
      undefined
    ],
    [
      'is a machine as moderator',
      { [moderator]: { answers: 'machine' } },
      'machine_detected',
      ['canceled', 'canceled', 'canceled']
    ],
    [
      'comes of the participants',
      {
        [anna]: { answers: 'busy' },
        [ben]: { answers: 'nobody' },
        [cleo]: { answers: 'declines' }
      },
      'no_participants',
      ['busy', 'no_answer', 'busy']
    ],
    [
      'comes before the moderator leaves',
      {
        [moderator]: { hangs_up_after: '10 s' },
        [anna]: { answers: 'nobody' },
        [ben]: { answers: 'nobody' },
        [cleo]: { answers: 'nobody' }
      },
      'canceled',
      ['canceled', 'canceled', 'canceled']
    ]
  ]
  for (const [what, habits, status, expected] of endings) {
    const who = status === 'no_participants' || status === 'canceled' ? 'nobody' : 'who'
    test(`where ${who} ${what}, the call ends as ${status}, with nobody left on the line`, async t => {
      const server = await build(t, dialect)
      people(server, habits)

      const created = await convene(server)
      await server.advance('3 min')

      const conference = await read(server, created)
      assert.deepEqual(
        [conference.internal_status, conference.error_code],
        [status, status],
        JSON.stringify(conference)
      )
      if (expected) assert.deepEqual(legs(conference), expected)
      assert.notEqual(conference.error_description, null)
      assert.equal(told(server).at(-1)?.['internal_status'], status)
      assertNobodyIsOnTheLine(server)
    })
  }

  test('when the moderator leaves, everybody is hung up on, also who still rings', async t => {
    const server = await build(t, dialect)
    people(server, {
      [moderator]: { hangs_up_after: '20 s' },
      [anna]: { hangs_up_after: '1 h' },
      [ben]: { answers: 'nobody' },
      [cleo]: { answers: 'declines' }
    })

    const created = await convene(server)
    await server.advance('2 min')

    const conference = await read(server, created)
    assert.deepEqual(
      [conference.internal_status, legs(conference)],
      ['completed', ['completed', 'canceled', 'busy']]
    )
    assertNobodyIsOnTheLine(server)
  })

  test('when the last participant leaves, the moderator is not left alone', async t => {
    const server = await build(t, dialect)
    people(server, {
      [moderator]: { hangs_up_after: '4 h' },
      [anna]: { hangs_up_after: '30 s' },
      [ben]: { hangs_up_after: '40 s' },
      [cleo]: { answers: 'busy' }
    })

    const created = await convene(server)
    await server.advance('3 min')

    assert.equal((await read(server, created)).internal_status, 'completed')
    assertNobodyIsOnTheLine(server)
  })

  test('a participant whom the provider refuses does not keep the others from talking', async t => {
    const server = await build(t, dialect)
    people(server, { [moderator]: { hangs_up_after: '5 min' } })
    server.mock.world().faults.add({
      match: { operation: 'create-participant' },
      count: 1,
      effect: { type: 'http', status: 400, code: 21_211 }
    })

    const created = await convene(server)
    await server.advance('10 min')

    const conference = await read(server, created)
    assert.deepEqual(legs(conference).toSorted(), ['completed', 'completed', 'failed'])
    assert.equal(conference.internal_status, 'completed')
    assertNobodyIsOnTheLine(server)
  })

  test('legs whose answers were lost are found again, and nobody is called twice', async t => {
    const server = await build(t, dialect)
    people(server, { [moderator]: { hangs_up_after: '5 min' } })
    for (const operation of ['create-call', 'create-participant'])
      server.mock.world().faults.add({
        match: { operation },
        count: 2,
        effect: { type: 'connection', fault: 'answer_lost' }
      })

    const created = await convene(server)
    await server.advance('20 min')

    assert.deepEqual(
      callsAtProvider(server)
        .map(({ to }) => to)
        .toSorted(),
      [moderator, anna, ben, cleo]
    )
    assert.equal((await read(server, created)).internal_status, 'completed')
    assertNobodyIsOnTheLine(server)
  })

  test('when no status callback arrives at all, the call still comes about and to its end', async t => {
    const server = await build(t, dialect)
    people(server, { [moderator]: { hangs_up_after: '20 min' } })
    server.mock.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })

    const created = await convene(server)
    await server.advance('1 h')

    const conference = await read(server, created)
    assert.equal(conference.internal_status, 'completed', JSON.stringify(conference))
    assertNobodyIsOnTheLine(server)
  })

  test('who opted out of calls is not called, and the others are', async t => {
    const server = await build(t, dialect)
    people(server, {})
    const { sql } = await import('kysely')
    await sql`insert into opt_outs (recipient_number, sender_key, class, keyword, opted_out_at)
      values (${ben}, ${firstNumber}, 'calls', '3', 0)`.execute(server.deps.database.sql)

    const created = await convene(server)
    await server.advance('10 min')

    assert.deepEqual(legs(await read(server, created)), ['completed', 'blocked', 'completed'])
    assert.ok(callsAtProvider(server).every(({ to }) => to !== ben))
  })

  test('a request that cannot be is refused with every field at fault', async t => {
    const server = await build(t, dialect)

    const wrong = await convene(server, {
      twilio_number: '555',
      participant_numbers: [anna, anna, moderator],
      callback_url: 'ftp://a.example'
    })
    const nobody = await convene(server, { participant_numbers: [] })
    const key = { headers: { 'idempotency-key': 'one' } }
    const body = {
      twilio_number: firstNumber,
      moderator_number: moderator,
      participant_numbers: [anna],
      client_conversation_id: 'class-4b'
    }
    const first = await server.request('POST', '/conference_calls', { body, ...key })
    const second = await server.request('POST', '/conference_calls', { body, ...key })
    const stranger = await server.createBearer()
    const foreign = await server.request(
      'GET',
      `/conference_calls/${first.body.conference_call.uuid}`,
      {
        token: stranger.token
      }
    )

    assert.equal(wrong.status, 422)
    assert.deepEqual(
      wrong.body.error.details.map(({ field }: { field: string }) => field),
      ['twilio_number', 'participant_numbers[1]', 'participant_numbers[2]', 'callback_url']
    )
    assert.equal(nobody.status, 422)
    assert.equal(second.body.uuid, first.body.uuid)
    assert.equal(foreign.status, 404)
  })
})
