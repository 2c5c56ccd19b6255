import assert from 'node:assert/strict'
import { test } from 'node:test'

import { aSchool } from '../../contracts/twilio/a-school.ts'
import { firstNumber } from '../../contracts/twilio/judged-mock.ts'

const mailbox = `<Response>
  <Say>Please leave a message</Say>
  <Record action="/recorded" maxLength="20" finishOnKey="#"/>
  <Say>You said nothing</Say>
</Response>`

test('a message is recorded until its speaker presses the key, and the action hears of it', async t => {
  const school = await aSchool(t, ({ url }) =>
    url === '/recorded' ? '<Response><Say>Thank you</Say></Response>' : mailbox
  )

  await school.parent
    .calls(firstNumber)
    .hears('leave a message')
    .waits('4 s')
    .says('Ada is ill and stays at home today')
    .waits('4 s')
    .presses('#')
    .hears('Thank you')
    .isHungUp()

  const recorded = school.about('/recorded').at(-1)
  assert.deepEqual(
    [recorded?.['Digits'], recorded?.['RecordingDuration'], recorded?.['CallStatus']],
    ['#', '3', 'in-progress']
  )
  assert.match(String(recorded?.['RecordingSid']), /^RE[0-9a-f]{32}$/)
  assert.match(String(recorded?.['RecordingUrl']), /\/Recordings\/RE[0-9a-f]{32}$/)
})

test('who hangs up has left a message all the same', async t => {
  const school = await aSchool(t, () => mailbox)

  const call = school.parent.calls(firstNumber).hears('leave a message').waits('4 s')
  await call.says('Call me back').waits('2 s').hangsUp()

  const recorded = school.about('/recorded').at(-1)
  assert.deepEqual([recorded?.['Digits'], recorded?.['CallStatus']], ['hangup', 'completed'])
})

test('a silence of five seconds ends what was said', async t => {
  const school = await aSchool(t, ({ url }) => (url === '/recorded' ? '<Response/>' : mailbox))
  school.parent.speaks('Call me back')

  await school.parent.calls(firstNumber).isHungUp()

  assert.equal(school.about('/recorded').at(-1)?.['Digits'], '')
})

test('a recording lasts no longer than it may, however long somebody speaks', async t => {
  const school = await aSchool(t, ({ url }) => (url === '/recorded' ? '<Response/>' : mailbox))
  school.parent.speaks('la '.repeat(200))

  await school.parent.calls(firstNumber).isHungUp()

  assert.equal(school.about('/recorded').at(-1)?.['RecordingDuration'], '19', 'from the first word')
})

test('who says nothing at all goes on to the next verb, and no action is asked', async t => {
  const school = await aSchool(t, () => mailbox)

  await school.parent.calls(firstNumber).hears('You said nothing').isHungUp()

  assert.deepEqual(school.about('/recorded'), [])
})
