import assert from 'node:assert/strict'
import { test } from 'node:test'

import { firstNumber, person } from '../../contracts/twilio/judged-mock.ts'
import { aSchool } from '../../contracts/twilio/a-school.ts'
import { phone, type Phone } from '../testing/phone.ts'

const staff = '+16625550124'
const secretary = '+16015550177'

test('a caller is connected with the phone that is dialled, and each hears the other', async t => {
  const school = await aSchool(t, ({ url }) =>
    url.startsWith('/after')
      ? '<Response><Say>Thank you for calling</Say></Response>'
      : `<Response><Say>One moment</Say><Dial action="/after">${staff}</Dial></Response>`
  )
  phone(school.mock, staff).inCalls({ hears: 'Hello', says: 'Mrs Lee speaking' })

  const call = school.parent.calls(firstNumber)
  await call.hears('One moment').waits('15 s').says('Hello, is that the school?')
  await call.hears('Mrs Lee speaking')
  phone(school.mock, staff).hears('Hello, is that the school?')
  school.mock.calls.putDown(school.mock.world(), staff)
  const sid = await call.hears('Thank you').isHungUp()

  const [parent, leg] = [...school.mock.world().calls.all()]
  assert.deepEqual([leg?.parentCallSid, leg?.direction, leg?.from], [sid, 'outbound-dial', person])
  assert.deepEqual([parent?.status, leg?.status], ['completed', 'completed'])
  const after = school.about('/after').at(-1)
  assert.deepEqual(
    [after?.['DialCallStatus'], after?.['DialCallSid'], after?.['DialBridged']],
    ['completed', leg?.sid, 'true']
  )
  assert.ok(Number(after?.['DialCallDuration']) > 0)
})

test('of several phones the first that answers is connected, and the others stop ringing', async t => {
  const school = await aSchool(
    t,
    () => `<Response><Dial><Number>${staff}</Number><Number>${secretary}</Number></Dial></Response>`
  )
  phone(school.mock, staff).answers('10 s')
  phone(school.mock, secretary).answers('4 s')

  const call = school.parent.calls(firstNumber)
  await call.waits('30 s')
  await call.hangsUp()

  const legs = [...school.mock.world().calls.all()].filter(leg => leg.parentCallSid !== null)
  assert.deepEqual(
    legs.map(({ to, status, sipCode }) => [to, status, sipCode]),
    [
      [staff, 'canceled', 487],
      [secretary, 'completed', 200]
    ]
  )
})

const endings: [string, (staff: Phone) => unknown, string][] = [
  ['is busy', teacher => teacher.isBusy(), 'busy'],
  ['declines', teacher => teacher.declines(), 'busy'],
  ['does not answer', teacher => teacher.letsItRing(), 'no-answer'],
  ['does not exist', teacher => teacher.is({ condition: 'inactive' }), 'failed']
]

for (const [what, happens, status] of endings) {
  test(`the action hears that who is dialled ${what}`, async t => {
    const school = await aSchool(t, ({ url, form }) =>
      url.startsWith('/after')
        ? `<Response><Say>It was ${form['DialCallStatus']}</Say></Response>`
        : `<Response><Dial action="/after" timeout="10">${staff}</Dial></Response>`
    )
    happens(phone(school.mock, staff))

    await school.parent.calls(firstNumber).hears(`It was ${status}`).isHungUp()

    assert.equal(school.about('/after').at(-1)?.['DialBridged'], 'false')
  })
}

test('a leg hears its own document first, and who hangs up there is not connected', async t => {
  const school = await aSchool(t, ({ url, form }) => {
    if (url.startsWith('/whisper/key')) {
      return form['Digits'] === '1' ? '<Response/>' : '<Response><Hangup/></Response>'
    }
    if (url.startsWith('/after')) return '<Response/>'
    if (url.startsWith('/whisper')) {
      return '<Response><Gather numDigits="1" action="/whisper/key"><Say>A parent calls</Say></Gather></Response>'
    }
    return `<Response><Dial action="/after"><Number url="/whisper">${staff}</Number></Dial></Response>`
  })
  const teacher = phone(school.mock, staff).presses('1')

  const call = school.parent.calls(firstNumber)
  await call.waits('20 s').says('Good morning')
  teacher.hears('A parent calls')
  teacher.hears('Good morning')
  await call.hangsUp()
  teacher.presses('2')
  await school.parent.calls(firstNumber).waits('20 s').isHungUp()

  assert.deepEqual(
    school.about('/after').map(form => [form['DialCallStatus'], form['DialBridged']]),
    [
      ['completed', 'true'],
      ['completed', 'false']
    ]
  )
})

test('with answerOnBridge the caller hears it ring until somebody is there', async t => {
  const school = await aSchool(
    t,
    () => `<Response><Dial answerOnBridge="true">${staff}</Dial><Say>Nobody</Say></Response>`
  )
  phone(school.mock, staff).answers('10 s')

  const call = school.parent.calls(firstNumber)
  await call.waits('8 s')
  const [caller] = [...school.mock.world().calls.all()]
  assert.equal(caller?.status, 'ringing')
  await call.waits('10 s')
  assert.equal(caller?.status, 'in-progress')
  await call.hangsUp()
})

test('the caller presses a star, and the Dial is over for both', async t => {
  const school = await aSchool(
    t,
    () => `<Response><Dial hangupOnStar="true">${staff}</Dial><Say>As you wish</Say></Response>`
  )

  await school.parent.calls(firstNumber).waits('20 s').presses('*').hears('As you wish').isHungUp()

  const [, leg] = [...school.mock.world().calls.all()]
  assert.equal(leg?.status, 'completed')
})

test('a Dial lasts no longer than its time limit', async t => {
  const school = await aSchool(t, ({ url }) =>
    url.startsWith('/after')
      ? '<Response/>'
      : `<Response><Dial timeLimit="30" action="/after">${staff}</Dial></Response>`
  )

  await school.parent.calls(firstNumber).isHungUp()

  assert.equal(school.about('/after').at(-1)?.['DialCallDuration'], '30')
})

test('each leg tells its own progress, and names its parent', async t => {
  const school = await aSchool(
    t,
    () =>
      `<Response><Dial><Number statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">${staff}</Number></Dial></Response>`
  )

  const call = school.parent.calls(firstNumber)
  await call.waits('20 s')
  const sid = await call.hangsUp()

  const told = school.about('/leg')
  assert.deepEqual(
    told.map(form => [form['CallStatus'], form['SequenceNumber'], form['ParentCallSid']]),
    ['initiated', 'ringing', 'in-progress', 'completed'].map((status, place) => [
      status,
      String(place),
      sid
    ])
  )
})

test('a leg that gets its own document leaves the Dial, and the caller goes on', async t => {
  const school = await aSchool(
    t,
    () => `<Response><Dial>${staff}</Dial><Say>Your teacher has left</Say></Response>`
  )
  const call = school.parent.calls(firstNumber)
  await call.waits('20 s')
  const leg = [...school.mock.world().calls.all()].at(-1)
  assert.ok(leg)

  await school.update(leg.sid, { Twiml: '<Response><Say>You are elsewhere</Say></Response>' })
  await call.hears('Your teacher has left').isHungUp()

  phone(school.mock, staff).hears('You are elsewhere')
  assert.equal(leg.status, 'completed')
})

test('a caller that gets another document leaves nobody behind', async t => {
  const school = await aSchool(t, () => `<Response><Dial>${staff}</Dial></Response>`)
  const call = school.parent.calls(firstNumber)
  const sid = await call.waits('20 s')

  await school.update(sid, { Twiml: '<Response><Say>The bell rings</Say></Response>' })
  await call.hears('The bell rings').isHungUp()

  const [, leg] = [...school.mock.world().calls.all()]
  assert.equal(leg?.status, 'completed')
})

test('two people in the middle of a talk go on talking in another mock', async t => {
  const school = await aSchool(
    t,
    () => `<Response><Dial record="record-from-answer">${staff}</Dial><Say>Bye</Say></Response>`
  )
  const { mock } = school
  const sid = await school.parent.calls(firstNumber).waits('20 s')
  const snapshot = JSON.parse(JSON.stringify(await mock.save()))
  await mock.clock.advance('6 h')

  await mock.restore(snapshot)
  const talk = mock.world().calls.of(person).at(-1)
  assert.equal(talk?.sid, sid)
  mock.calls.say(mock.world(), person, 'Are you still there?')
  phone(mock, staff).hears('Are you still there?')
  mock.calls.putDown(mock.world(), staff)
  await mock.clock.advance('1 min')

  phone(mock, person).hears('Bye')
  assert.deepEqual(
    Array.from(mock.world().calls.all(), ({ status }) => status),
    ['completed', 'completed']
  )
})
