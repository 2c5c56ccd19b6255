import assert from 'node:assert/strict'
import { test } from 'node:test'

import { aSchool } from '../../contracts/twilio/a-school.ts'
import { firstNumber, person } from '../../contracts/twilio/judged-mock.ts'
import { phone } from '../testing/phone.ts'

const menu = `<Response>
  <Gather numDigits="1" action="/key"><Say>Press 1 for the office, press 2 for a message</Say></Gather>
</Response>`

test('a person calls, hears, presses, speaks and hangs up, in one line', async t => {
  const school = await aSchool(t, ({ url, form }) => {
    if (url === '/recorded') return '<Response/>'
    if (url !== '/key') return menu
    return form['Digits'] === '2'
      ? '<Response><Say>Speak now</Say><Record action="/recorded"/></Response>'
      : '<Response><Say>Nobody is there</Say></Response>'
  })

  const sid = await phone(school.mock, person)
    .calls(firstNumber)
    .hears('Press 1')
    .waits('2 s')
    .presses('2')
    .hears('Speak now')
    .waits('3 s')
    .says('Ada has a cold')
    .waits('2 s')
    .hangsUp()

  assert.equal((await school.read(sid))['status'], 'completed')
  assert.equal(school.about('/recorded').at(-1)?.['Digits'], 'hangup')
})

test('what is not heard is told with everything that was in the call', async t => {
  const school = await aSchool(t, () => '<Response><Say>Good morning</Say></Response>')

  await assert.rejects(
    school.parent.calls(firstNumber).hears('Good evening'),
    /has not heard "Good evening"; the call is completed:[^]*says "Good morning"/
  )
})

test('a person reacts to what is heard, one thing after another', async t => {
  const school = await aSchool(t, ({ url, form }) =>
    url === '/key'
      ? `<Response><Say>You chose ${form['Digits']}</Say><Pause length="20"/></Response>`
      : menu
  )
  school.parent.inCalls(
    { hears: 'Press 1', presses: '1' },
    { hears: 'You chose 1', says: 'Thank you', hangs_up: true }
  )

  const sid = await school.call()
  await school.mock.clock.advance('1 min')

  const call = school.mock.world().calls.find(sid)
  const acts = call?.transcript.filter(({ step }) => ['press', 'speak', 'hang-up'].includes(step))
  assert.deepEqual(
    acts?.map(({ text }) => text),
    ['the person presses 1', 'the person says "Thank you"', 'the person hangs up']
  )
})

test('who is on the phone is busy, unless a second call may knock', async t => {
  const school = await aSchool(t, () => '<Response><Pause length="120"/></Response>')
  const first = await school.call()
  await school.mock.clock.advance('15 s')

  const second = await school.call()
  await school.mock.clock.advance('15 s')
  school.parent.hasCallWaiting()
  const third = await school.call({ Timeout: 20 })
  await school.mock.clock.advance('40 s')

  const status = async (sid: string) => (await school.read(sid))['status']
  assert.deepEqual(
    [await status(first), await status(second), await status(third)],
    ['in-progress', 'busy', 'no-answer']
  )
})

test('a phone that rings is picked up by hand, or declined', async t => {
  const school = await aSchool(t, () => '<Response><Say>School is closed</Say></Response>')
  school.parent.letsItRing()

  const sid = await school.call()
  const call = await school.parent.picksUp().hears('School is closed').isHungUp()
  const declined = await school.call()
  await school.mock.clock.advance('5 s')
  const answer = await school.control('POST', `/_mock/handsets/${person}/decline`, {})

  assert.deepEqual([call, answer.body.sid], [sid, declined])
  assert.equal((await school.read(declined))['status'], 'busy')
})

test('a caller who gives up while it rings has not been answered', async t => {
  const school = await aSchool(t, () => '<Response><Pause length="30"/></Response>')

  const sid = await school.parent.calls(firstNumber).waits('5 s').hangsUp()

  const { status, duration } = await school.read(sid)
  assert.deepEqual([status, duration], ['no-answer', '0'])
})

const findings: [what: string, greeting: string, mode: string, answeredBy: string][] = [
  ['a long greeting', '10 s', 'Enable', 'machine_start'],
  ['a long greeting that is heard out', '10 s', 'DetectMessageEnd', 'machine_end_beep'],
  ['a short greeting, as of a person', '1 s', 'Enable', 'human'],
  ['silence', '0 ms', 'Enable', 'unknown'],
  ['a greeting longer than the detection', '50 s', 'DetectMessageEnd', 'unknown']
]

for (const [what, greeting, mode, answeredBy] of findings) {
  test(`a machine with ${what}: ${answeredBy}`, async t => {
    const school = await aSchool(t, () => '<Response/>')
    school.parent.isAnsweringMachine(greeting)

    const sid = await school.call({ MachineDetection: mode })
    await school.mock.clock.advance('3 min')

    assert.equal((await school.read(sid))['answered_by'], answeredBy)
    assert.equal(school.about('/voice')[0]?.['AnsweredBy'], answeredBy)
    assert.equal(school.about('/status').at(-1)?.['AnsweredBy'], answeredBy)
  })
}

for (const [ending, answeredBy] of [
  ['silence', 'machine_end_silence'],
  ['other', 'machine_end_other']
] as const) {
  test(`a machine whose greeting ends in ${ending}: ${answeredBy}`, async t => {
    const school = await aSchool(t, () => '<Response/>')
    school.parent.is({ calls: { answers: 'machine', greeting: '6 s', greeting_ends: ending } })

    const sid = await school.call({ MachineDetection: 'DetectMessageEnd' })
    await school.mock.clock.advance('3 min')

    assert.equal((await school.read(sid))['answered_by'], answeredBy)
  })
}

test('a fax, and a person who takes long to say hello', async t => {
  const school = await aSchool(t, () => '<Response/>')
  school.parent.is({ calls: { answers: 'fax' } })
  const fax = await school.call({ MachineDetection: 'Enable' })
  await school.mock.clock.advance('1 min')
  school.parent.is({ calls: { greeting: '4 s' } })
  const talker = await school.call({ MachineDetection: 'Enable' })
  const patient = { MachineDetection: 'Enable', MachineDetectionSpeechThreshold: 5000 }
  await school.mock.clock.advance('1 min')
  const heardOut = await school.call(patient)
  await school.mock.clock.advance('1 min')

  const found = await Promise.all(
    [fax, talker, heardOut].map(async sid => (await school.read(sid))['answered_by'])
  )
  assert.deepEqual(found, ['fax', 'machine_start', 'human'])
})

test('keys that are to be sent are sent before the document', async t => {
  const school = await aSchool(t, () => '<Response><Say>Hello</Say></Response>')

  const sid = await school.call({ SendDigits: 'ww12#', MachineDetection: 'Enable' })
  await school.mock.clock.advance('1 min')

  const { answered_by: answeredBy } = await school.read(sid)
  assert.equal(answeredBy, null, 'digits and detection exclude each other')
  const steps = school.mock
    .world()
    .calls.find(sid)
    ?.transcript.map(({ text }) => text)
  const place = steps?.indexOf('plays the keys ww12#') ?? -1
  assert.ok(place > 0 && place < (steps?.indexOf('says "Hello"') ?? -1))
})
