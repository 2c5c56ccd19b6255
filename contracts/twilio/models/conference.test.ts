import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { createMockTwilio, type MockTwilio } from '../../../mock-twilio/app.ts'
import { developmentAccountSeed } from '../../../mock-twilio/development-account.ts'
import { phone } from '../../../mock-twilio/testing/phone.ts'
import { VirtualClock } from '../../../simulator/clock.ts'
import { authorization, account, firstNumber, startOfTest } from '../judged-mock.ts'

/*
 * Conferences against a model of Twilio's documents: who is inside, what has begun and what is over, after any
 * history of people who come, are called in, go, are taken out, held, muted and sent elsewhere.
 */

const people = ['+16015550123', '+16015550124', '+16015550125', '+16015550126'] as const
const rooms = ['Bus', 'Van'] as const
type Person = (typeof people)[number]
type RoomName = (typeof rooms)[number]

interface Guest {
  person: Person
  starts: boolean
  ends: boolean
}

interface Room {
  guests: Guest[]
  hasStarted: boolean
}

/** What the documents say: those that go on, by their names. */
type Model = Map<RoomName, Room>

interface Real {
  mock: MockTwilio
  told: URLSearchParams[]
  /** The call that each person is in. */
  calls: Map<Person, string>
}

function whereIs(model: Model, person: Person): [RoomName, Room] | undefined {
  return [...model].find(([, { guests }]) => guests.some(guest => guest.person === person))
}

function join(model: Model, name: RoomName, guest: Guest): void {
  const room = model.get(name) ?? { guests: [], hasStarted: false }
  model.set(name, room)
  room.guests.push(guest)
  if (room.guests.length > 1 && room.guests.some(({ starts }) => starts)) room.hasStarted = true
}

function leave(model: Model, person: Person): void {
  const [name, room] = whereIs(model, person) ?? []
  if (name === undefined || room === undefined) return
  const isOver = room.guests.some(guest => guest.person === person && guest.ends)
  room.guests = room.guests.filter(guest => guest.person !== person)
  if (isOver || room.guests.length === 0) model.delete(name)
}

type Step = fc.AsyncCommand<Model, Real>

async function ask(
  { mock }: Real,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  form: Record<string, string> = {}
): Promise<{ status: number; body: Record<string, unknown> }> {
  const isPost = method === 'POST'
  const query = isPost ? '' : `?${new URLSearchParams(form).toString()}`
  const answer = await mock.app.inject({
    method,
    url: `${account}/${path}${query}`,
    headers: {
      authorization,
      ...(isPost ? { 'content-type': 'application/x-www-form-urlencoded' } : {})
    },
    ...(isPost ? { payload: new URLSearchParams(form).toString() } : {})
  })
  assert.ok(answer.statusCode < 500, answer.body)
  return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json() }
}

/** Everything that anybody is told of. */
const told = {
  statusCallback: 'http://app/conference',
  statusCallbackEvent: 'start end join leave mute hold modify speaker announcement',
  record: 'record-from-start',
  recordingStatusCallback: 'http://app/recording'
}

const attributes = Object.entries(told)
  .map(([name, value]) => `${name}="${value}"`)
  .join(' ')

function enters(person: Person, name: RoomName, starts: boolean, ends: boolean): Step {
  return {
    check: model => whereIs(model, person) === undefined,
    run: async (model, real) => {
      const noun = `<Conference ${attributes} startConferenceOnEnter="${starts}" endConferenceOnExit="${ends}">${name}</Conference>`
      const { body } = await ask(real, 'POST', 'Calls.json', {
        To: person,
        From: firstNumber,
        Twiml: `<Response><Dial>${noun}</Dial></Response>`
      })
      real.calls.set(person, String(body['sid']))
      await real.mock.clock.advance('20 s')
      join(model, name, { person, starts, ends })
      await compare(model, real)
    },
    toString: () =>
      `${person} enters ${name}${starts ? ', starts it' : ''}${ends ? ', ends it' : ''}`
  }
}

function isCalled(person: Person, name: RoomName, becomes: 'inside' | 'busy' | 'over'): Step {
  return {
    check: model => whereIs(model, person) === undefined,
    run: async (model, real) => {
      const callee = phone(real.mock, person)
      if (becomes === 'busy') callee.isBusy()
      const { body } = await ask(real, 'POST', `Conferences/${name}/Participants.json`, {
        To: person,
        From: firstNumber,
        ConferenceStatusCallback: told.statusCallback,
        ConferenceStatusCallbackEvent: told.statusCallbackEvent,
        ConferenceRecord: 'true',
        ConferenceRecordingStatusCallback: told.recordingStatusCallback
      })
      real.calls.set(person, String(body['call_sid']))
      if (becomes === 'over') {
        const path = `Conferences/${String(body['conference_sid'])}.json`
        await ask(real, 'POST', path, { Status: 'completed' })
        model.delete(name)
      }
      await real.mock.clock.advance('20 s')
      callee.answers()
      if (becomes === 'inside') join(model, name, { person, starts: true, ends: false })
      await compare(model, real)
    },
    toString: () => `${person} is called into ${name}, and is ${becomes}`
  }
}

function goes(person: Person, how: 'hangs up' | 'is taken out' | 'is sent elsewhere'): Step {
  return {
    check: model => whereIs(model, person) !== undefined,
    run: async (model, real) => {
      const sid = real.calls.get(person) ?? ''
      if (how === 'hangs up') real.mock.calls.putDown(real.mock.world(), person)
      else if (how === 'is sent elsewhere') {
        await ask(real, 'POST', `Calls/${sid}.json`, {
          Twiml: '<Response><Say>Bye</Say></Response>'
        })
      } else {
        const conference = await sidOf(real, whereIs(model, person)?.[0])
        await ask(real, 'DELETE', `Conferences/${conference}/Participants/${sid}.json`)
      }
      await real.mock.clock.advance('5 s')
      leave(model, person)
      await compare(model, real)
    },
    toString: () => `${person} ${how}`
  }
}

function changes(person: Person, form: Record<string, string>): Step {
  return {
    check: model => whereIs(model, person) !== undefined,
    run: async (model, real) => {
      const conference = await sidOf(real, whereIs(model, person)?.[0])
      const path = `Conferences/${conference}/Participants/${real.calls.get(person)}.json`
      const { status } = await ask(real, 'POST', path, form)
      assert.equal(status, 200)
      await real.mock.clock.advance('3 s')
      const ends = form['EndConferenceOnExit']
      for (const { guests } of model.values()) {
        for (const guest of guests) {
          if (guest.person === person && ends !== undefined) guest.ends = ends === 'true'
        }
      }
      await compare(model, real)
    },
    toString: () => `${person} ${JSON.stringify(form)}`
  }
}

function speaks(person: Person): Step {
  return {
    check: model => whereIs(model, person) !== undefined,
    run: async (_model, real) => {
      real.mock.calls.say(real.mock.world(), person, 'Is the bus late')
      await real.mock.clock.advance('3 s')
    },
    toString: () => `${person} speaks`
  }
}

function isEnded(name: RoomName): Step {
  return {
    check: model => model.has(name),
    run: async (model, real) => {
      const path = `Conferences/${await sidOf(real, name)}.json`
      await ask(real, 'POST', path, { Status: 'completed' })
      await real.mock.clock.advance('5 s')
      model.delete(name)
      await compare(model, real)
    },
    toString: () => `${name} is ended`
  }
}

async function listOf(real: Real, path: string, key: string): Promise<Record<string, unknown>[]> {
  const list: unknown = (await ask(real, 'GET', path)).body[key]
  assert.ok(Array.isArray(list))
  return list
}

async function sidOf(real: Real, name: string | undefined): Promise<string> {
  const open = (await listOf(real, 'Conferences.json', 'conferences')).filter(
    ({ friendly_name: friendlyName, status }) => friendlyName === name && status !== 'completed'
  )
  assert.ok(open.length < 2, `two conferences are called ${name}`)
  return String(open[0]?.['sid'])
}

/** What the API shows is what the model says, no more and no less. */
async function compare(model: Model, real: Real): Promise<void> {
  const shown = new Map<unknown, { status: unknown; guests: unknown[] }>()
  const all = await listOf(real, 'Conferences.json', 'conferences')
  for (const { sid, friendly_name: name, status } of all) {
    const path = `Conferences/${String(sid)}/Participants.json`
    const participants = await listOf(real, path, 'participants')
    if (status === 'completed') assert.deepEqual(participants, [])
    else {
      assert.ok(!shown.has(name), `two conferences are called ${String(name)}`)
      shown.set(name, { status, guests: participants.map(({ call_sid: callSid }) => callSid) })
    }
  }
  const expected = new Map(
    Array.from(model, ([name, { guests, hasStarted }]) => [
      name,
      {
        status: hasStarted ? 'in-progress' : 'init',
        guests: guests.map(({ person }) => real.calls.get(person))
      }
    ])
  )
  assert.deepEqual(shown, expected)
}

/** Everybody has hung up: nothing is open, and what was told of each conference is whole and in order. */
async function settle(real: Real): Promise<void> {
  const { mock } = real
  for (const call of mock.world().calls.all()) {
    if (call.status === 'in-progress') mock.calls.putDown(mock.world(), call.to, call.sid)
  }
  await mock.clock.advance('5 min')
  await compare(new Map(), real)
  for (const { status, sid } of mock.world().recordings.all()) {
    assert.ok(status === 'completed' || status === 'absent', `recording ${sid} is ${status}`)
  }
  // A limit of a call that is over is nothing.
  const due = mock
    .world()
    .agenda.list()
    .map(({ plan }) => plan.kind)
  assert.deepEqual(
    due.filter(kind => !kind.startsWith('call.')),
    []
  )
  for (const { sid } of mock.world().conferences.all()) {
    const form = real.told.filter(
      each => each.get('ConferenceSid') === sid && each.has('SequenceNumber')
    )
    assert.deepEqual(
      form.map(each => Number(each.get('SequenceNumber'))),
      form.map((_, index) => index + 1)
    )
    const events = form.map(each => each.get('StatusCallbackEvent'))
    assert.equal(events.at(-1), 'conference-end')
    assert.equal(events.filter(event => event === 'conference-end').length, 1)
    assert.ok(events.filter(event => event === 'conference-start').length <= 1)
    const joined = form.filter(each => each.get('StatusCallbackEvent') === 'participant-join')
    for (const each of joined) {
      const callSid = each.get('CallSid')
      const left = form.filter(
        other =>
          other.get('CallSid') === callSid &&
          other.get('StatusCallbackEvent') === 'participant-leave'
      )
      assert.equal(left.length, 1, `${callSid} left ${left.length} times`)
    }
  }
}

test('whatever people do, a conference is as Twilio documents it, and is over when all have gone', async () => {
  const person = fc.constantFrom(...people)
  const room = fc.constantFrom(...rooms)
  const steps: fc.Arbitrary<Step>[] = [
    fc.tuple(person, room, fc.boolean(), fc.boolean()).map(all => enters(...all)),
    fc.tuple(person, room, fc.boolean(), fc.boolean()).map(all => enters(...all)),
    fc.tuple(person, room, fc.constantFrom('inside', 'busy', 'over')).map(all => isCalled(...all)),
    fc
      .tuple(person, fc.constantFrom('hangs up', 'is taken out', 'is sent elsewhere'))
      .map(all => goes(...all)),
    fc
      .tuple(
        person,
        fc.constantFrom(
          { Hold: 'true' },
          { Hold: 'false' },
          { Muted: 'true' },
          { Muted: 'false' },
          { EndConferenceOnExit: 'true' },
          { AnnounceUrl: 'http://app/announcement' }
        )
      )
      .map(all => changes(...all)),
    person.map(speaks),
    room.map(isEnded)
  ]
  const seed = Number(process.env['TEST_SEED'] ?? 601_555)

  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 25 }), async commands => {
      const heard: URLSearchParams[] = []
      const mock = await createMockTwilio({
        clock: new VirtualClock({ mode: 'frozen', start: startOfTest }),
        accounts: [developmentAccountSeed('http://app/inbound')],
        transport: ({ body = '' }) => {
          heard.push(new URLSearchParams(body))
          return { status: 204 }
        }
      })
      const real: Real = { mock, told: heard, calls: new Map() }
      try {
        await fc.asyncModelRun(() => ({ model: new Map(), real }), commands)
        await settle(real)
      } finally {
        await mock.close()
      }
    }),
    { seed, numRuns: 60 }
  )
})
