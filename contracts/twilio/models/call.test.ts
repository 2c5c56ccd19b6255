import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { createMockTwilio, type MockTwilio } from '../../../mock-twilio/app.ts'
import {
  developmentAccount,
  developmentAccountSeed
} from '../../../mock-twilio/development-account.ts'
import type { CallHabits } from '../../../mock-twilio/carrier/persona.ts'
import { ControlRefusal } from '../../../simulator/control-refusal.ts'
import { VirtualClock } from '../../../simulator/clock.ts'
import { account, basic, firstNumber } from '../judged-mock.ts'

/*
 * Histories of calls against what Twilio's documents say of them: a status moves forward and never leaves its end;
 * what may be asked of a call depends on its status; its callbacks are counted from 0 and end with its end; and when
 * everything is over, no leg is up, nobody is connected, and nothing is being recorded.
 * https://www.twilio.com/docs/voice/api/call-resource#call-status-values
 */

const seed = Number(process.env['TEST_SEED'] ?? 601_555)
const start = Date.UTC(2026, 10, 23, 12)

/** What the model knows of a call: how far it is. */
interface Model {
  calls: Map<string, { status: string; statuses: string[] }>
}

interface Real {
  mock: MockTwilio
  /** The callbacks of each call, in the order of arrival. */
  told: Map<string, Record<string, string>[]>
}

const after: Record<string, readonly string[]> = {
  queued: ['ringing', 'busy', 'no-answer', 'failed', 'canceled', 'in-progress', 'completed'],
  ringing: ['in-progress', 'busy', 'no-answer', 'failed', 'canceled', 'completed'],
  'in-progress': ['completed'],
  completed: [],
  busy: [],
  'no-answer': [],
  failed: [],
  canceled: []
}

const people = ['+16015550123', '+16625550124', '+16015550177'] as const
const person = fc.constantFrom(...people)

const documents: Record<string, string> = {
  say: '<Say>Hello</Say>',
  long: '<Say loop="5">All day long</Say><Pause length="20"/>',
  menu: '<Gather numDigits="1" action="/say" timeout="8"><Say>Press 1</Say></Gather><Redirect>/say</Redirect>',
  speech: '<Gather input="dtmf speech" action="/long"><Say>How can we help?</Say></Gather>',
  record: '<Record action="/say" maxLength="30" timeout="4" transcribe="true"/><Say>Nothing</Say>',
  dial: `<Dial action="/say" timeout="15" hangupOnStar="true">${people[1]}</Dial>`,
  many: `<Dial record="record-from-answer" timeLimit="60"><Number url="/menu">${people[1]}</Number><Number>${people[2]}</Number></Dial><Say>Bye</Say>`,
  bridge: `<Dial answerOnBridge="true" timeout="10"><Number>${people[2]}</Number></Dial>`,
  room: '<Dial timeLimit="90"><Conference startConferenceOnEnter="true" endConferenceOnExit="true" record="record-from-start">office</Conference></Dial><Say>Bye</Say>',
  broken: '<Say>',
  reject: '<Reject reason="busy"/>',
  hangup: '<Hangup/>'
}
const page = fc.constantFrom(...Object.keys(documents))

const habits = fc.constantFrom<CallHabits>(
  {},
  { answers: 'machine', greeting: '6 s' },
  { answers: 'nobody' },
  { answers: 'busy' },
  { answers: 'declines' },
  { presses: ['1', '2'], hangs_up_after: '25 s' },
  { says: ['My child is ill', 'Goodbye'], call_waiting: true },
  {
    script: [
      { hears: 'Press', presses: '1' },
      { hears: 'Hello', hangs_up: true }
    ]
  }
)

type Command = fc.AsyncCommand<Model, Real>

function command(what: string, run: (model: Model, real: Real) => Promise<unknown>): Command {
  return {
    check: () => true,
    run: async (model, real) => {
      await run(model, real)
      await real.mock.clock.advance(0)
      compare(model, real)
    },
    toString: () => what
  }
}

const creates = fc
  .tuple(person, page, fc.boolean(), fc.boolean())
  .map(([To, at, detects, records]) =>
    command(
      `call ${To} /${at}${detects ? ' detect' : ''}${records ? ' record' : ''}`,
      async (_, real) => {
        const { status } = await ask(real, 'POST', `${account}/Calls.json`, {
          To,
          From: firstNumber,
          Url: `http://app/${at}`,
          StatusCallback: 'http://app/status',
          StatusCallbackEvent: 'initiated ringing answered completed',
          Timeout: '20',
          ...(detects ? { MachineDetection: 'DetectMessageEnd', AsyncAmd: 'true' } : {}),
          ...(records ? { Record: 'true' } : {})
        })
        assert.equal(status, 201)
      }
    )
  )

const comesIn = fc.tuple(person, page).map(([from, at]) =>
  command(`${from} calls /${at}`, async (_, { mock }) => {
    const number = mock.world().numbersByPhone.get(firstNumber)
    if (number !== undefined) number.voiceUrl = `http://app/${at}`
    mock.calls.receive(mock.world(), { from, to: firstNumber })
    await mock.clock.advance(0)
  })
)

const passes = fc
  .constantFrom('1 s', '3 s', '3 s', '10 s', '30 s', '2 min')
  .map(duration => command(`wait ${duration}`, (_, { mock }) => mock.clock.advance(duration)))

const behaves = fc
  .tuple(person, habits)
  .map(([who, is]) =>
    command(`${who} is ${JSON.stringify(is)}`, async (_, { mock }) =>
      mock.world().handsets.give(who, { calls: is })
    )
  )

const acts = fc
  .tuple(person, fc.constantFrom('press', 'say', 'putDown', 'pickUp', 'decline'))
  .map(([who, act]) =>
    command(`${who}: ${act}`, async (_, { mock }) => {
      const world = mock.world()
      try {
        if (act === 'press') mock.calls.press(world, who, '1*')
        else if (act === 'say') mock.calls.say(world, who, 'Good morning to you')
        else if (act === 'putDown') mock.calls.putDown(world, who)
        else if (act === 'pickUp') mock.calls.pickUp(world, who)
        else mock.calls.decline(world, who)
      } catch (error) {
        if (!(error instanceof ControlRefusal)) throw error
      }
    })
  )

const asks = fc
  .tuple(fc.nat(), fc.constantFrom('canceled', 'completed', 'redirect', 'delete', 'limit'))
  .map(([nth, what]) =>
    command(`${what} call ${nth}`, async (model, real) => {
      const sids = [...model.calls.keys()]
      const sid = sids[nth % Math.max(1, sids.length)]
      if (sid === undefined) return
      const path = `${account}/Calls/${sid}.json`
      const was = String((await ask(real, 'GET', path)).body['status'])
      const isWaiting = was === 'queued' || was === 'ringing'
      const isUp = was === 'in-progress'
      if (what === 'delete') {
        const { status } = await ask(real, 'DELETE', path)
        assert.equal(status, isWaiting || isUp ? 409 : 204, `delete of a call that is ${was}`)
        if (status === 204) model.calls.delete(sid)
        return
      }
      const forms: Record<string, Record<string, string>> = {
        canceled: { Status: 'canceled' },
        completed: { Status: 'completed' },
        redirect: { Url: 'http://app/say' },
        limit: { TimeLimit: '20' }
      }
      const { status, body } = await ask(real, 'POST', path, forms[what])
      const isAllowed =
        what === 'canceled' ? isWaiting : what === 'completed' ? isWaiting || isUp : isUp
      assert.equal(status, isAllowed ? 200 : 400, `${what} of a call that is ${was}`)
      if (!isAllowed) assert.equal(body['code'], 21220)
      else if (what === 'completed' && isUp) assert.equal(body['status'], 'completed')
      else if (isWaiting) assert.equal(body['status'], 'canceled')
    })
  )

test('three hundred histories of calls go as the documents say, and leave nobody on the line', async t => {
  const told = new Map<string, Record<string, string>[]>()
  const mock = await createMockTwilio({
    clock: new VirtualClock({ mode: 'frozen', start }),
    seed: 'calls',
    transport: ({ url, body = '' }) => {
      const form = Object.fromEntries(new URLSearchParams(body))
      const path = new URL(url).pathname.slice(1)
      if (path === 'status') {
        const sid = form['CallSid'] ?? ''
        told.set(sid, [...(told.get(sid) ?? []), form])
        return { status: 204 }
      }
      const verbs = documents[path] ?? ''
      return { status: 200, contentType: 'text/xml', body: `<Response>${verbs}</Response>` }
    }
  })
  t.after(() => mock.close())

  await fc.assert(
    fc.asyncProperty(
      fc.commands([creates, creates, comesIn, passes, passes, behaves, acts, acts, asks], {
        maxCommands: 25
      }),
      async commands => {
        mock.store.replace(developmentAccountSeed('http://app/inbound'))
        told.clear()
        const real = { mock, told }
        const model: Model = { calls: new Map() }
        await fc.asyncModelRun(() => ({ model, real }), commands)
        await mock.clock.advance('5 h')
        compare(model, real)
        allIsOver(real)
      }
    ),
    { seed, numRuns: Number(process.env['TEST_RUNS'] ?? 300), endOnFailure: true }
  )
})

/** What the log says now, against what was known before. */
function compare(model: Model, { mock, told }: Real): void {
  for (const { sid, status, parentCallSid, direction } of mock.world().calls.all()) {
    const known = model.calls.get(sid)
    if (known === undefined) {
      model.calls.set(sid, { status, statuses: [status] })
      assert.equal(direction === 'outbound-dial', parentCallSid !== null)
    } else if (known.status !== status) {
      assert.ok(after[known.status]?.includes(status), `${known.status} became ${status}`)
      known.status = status
      known.statuses.push(status)
    }
    const callbacks = told.get(sid) ?? []
    callbacks.forEach((form, place) => assert.equal(form['SequenceNumber'], String(place)))
  }
}

function allIsOver({ mock, told }: Real): void {
  const world = mock.world()
  for (const call of world.calls.all()) {
    const { sid, status, endTime, bridgedWith, script, answeredAt, settings } = call
    assert.deepEqual(after[status], [], `${sid} is ${status}: ${JSON.stringify(call.transcript)}`)
    assert.ok(endTime !== null)
    assert.deepEqual([bridgedWith, script], [null, null])
    assert.equal(status === 'completed', answeredAt !== null, 'who was answered is completed')
    if (settings.statusCallback !== 'http://app/status') continue
    const last = told.get(sid)?.at(-1)
    assert.equal(last?.['CallStatus'], status)
  }
  const running = [...world.recordings.all()].filter(({ status }) =>
    ['in-progress', 'paused', 'processing'].includes(status)
  )
  assert.deepEqual(running, [])
  const open = [...world.conferences.all()].filter(({ status }) => status !== 'completed')
  assert.deepEqual(open, [])
}

async function ask(
  { mock }: Real,
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  form?: Record<string, string>
): Promise<{ status: number; body: Record<string, unknown> }> {
  const { accountSid, authToken } = developmentAccount
  const answer = await mock.app.inject({
    method,
    url,
    headers: {
      authorization: basic(accountSid, authToken),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' })
    },
    ...(form === undefined ? {} : { payload: new URLSearchParams(form).toString() })
  })
  return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json() }
}
