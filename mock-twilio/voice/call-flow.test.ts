import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import twilio from 'twilio'

import {
  account,
  build,
  firstNumber,
  person,
  type FormValues
} from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../development-account.ts'
import { phone } from '../testing/phone.ts'
import type { ReceivedCallback } from '../testing/receiver.ts'

const allEvents = ['initiated', 'ringing', 'answered', 'completed']

/** A school that calls with what `document` answers at each path. */
async function aSchool(t: TestContext, document: (callback: ReceivedCallback) => string) {
  const built = await build(t)
  const { receiver, mock, request } = built
  receiver.answers(callback =>
    callback.url.startsWith('/status') ? { status: 204 } : { body: document(callback) }
  )
  const about = (path: string) =>
    receiver.received.filter(({ url }) => url.startsWith(path)).map(({ form }) => form)
  return {
    ...built,
    parent: phone(mock, person),
    asked: () => about('/voice'),
    told: () => about('/status'),
    call: async (form: FormValues = {}) => {
      const { body } = await request('POST', `${account}/Calls.json`, {
        To: person,
        From: firstNumber,
        Url: `${receiver.url}/voice`,
        StatusCallback: `${receiver.url}/status`,
        StatusCallbackEvent: allEvents,
        ...form
      })
      return body.sid
    },
    read: async (sid: string) => (await request('GET', `${account}/Calls/${sid}.json`)).body
  }
}

const say = (words: string) => `<Response><Say voice="alice">${words}</Say></Response>`

test('a person picks up, hears the message, and the call is over', async t => {
  const school = await aSchool(t, () => say('School is <emphasis>closed</emphasis> today'))

  const sid = await school.call()
  await school.mock.clock.advance('1 min')

  school.parent.hears('School is closed today')
  const { status, duration, price } = await school.read(sid)
  assert.deepEqual([status, duration, price], ['completed', '2', '-0.01400'])
  const [asked, ...others] = school.asked()
  assert.equal(others.length, 0)
  assert.deepEqual(
    [asked?.['CallStatus'], asked?.['Direction'], asked?.['Caller'], asked?.['CalledState']],
    ['in-progress', 'outbound-api', firstNumber, 'MS']
  )
  const [request] = school.receiver.received.filter(({ url }) => url === '/voice')
  const isSigned = twilio.validateRequest(
    developmentAccount.authToken,
    String(request?.headers['x-twilio-signature']),
    `${school.receiver.url}/voice`,
    asked ?? {}
  )
  assert.ok(isSigned)
})

test('each step of a call is told in its order, with numbers and times', async t => {
  const school = await aSchool(t, () => say('Hello'))

  await school.call()
  await school.mock.clock.advance('1 min')

  assert.deepEqual(
    school.told().map(form => [form['CallStatus'], form['SequenceNumber']]),
    [
      ['initiated', '0'],
      ['ringing', '1'],
      ['in-progress', '2'],
      ['completed', '3']
    ]
  )
  const last = school.told().at(-1)
  assert.deepEqual(
    [last?.['CallDuration'], last?.['Duration'], last?.['SipResponseCode']],
    ['1', '1', '200']
  )
  assert.equal(last?.['CallbackSource'], 'call-progress-events')
  assert.match(String(last?.['Timestamp']), /^Mon, 23 Nov 2026 12:00:\d\d \+0000$/)
})

test('without a wish only the end of a call is told', async t => {
  const school = await aSchool(t, () => say('Hello'))

  await school.call({ StatusCallbackEvent: '' })
  await school.mock.clock.advance('1 min')

  assert.deepEqual(
    school.told().map(form => form['CallStatus']),
    ['completed']
  )
})

test('events that are joined by commas are understood', async t => {
  const school = await aSchool(t, () => say('Hello'))

  await school.call({ StatusCallbackEvent: 'answered, completed' })
  await school.mock.clock.advance('1 min')

  assert.deepEqual(
    school.told().map(form => form['CallStatus']),
    ['in-progress', 'completed']
  )
})

test('who is busy, declines, lets it ring or has no such number hears nothing', async t => {
  const school = await aSchool(t, () => say('Hello'))
  const endings: [() => unknown, string, string][] = [
    [() => school.parent.isBusy(), 'busy', '486'],
    [() => school.parent.declines(), 'busy', '603'],
    [() => school.parent.letsItRing(), 'no-answer', '487'],
    [() => school.parent.is({ condition: 'inactive' }), 'failed', '404']
  ]

  for (const [happens, status, sip] of endings) {
    happens()
    const sid = await school.call()
    await school.mock.clock.advance('2 min')

    const { status: ended, duration, price, start_time } = await school.read(sid)
    assert.deepEqual([ended, duration, price], [status, '0', null])
    assert.ok(start_time)
    assert.equal(school.told().at(-1)?.['SipResponseCode'], sip)
    assert.equal(school.told().at(-1)?.['Duration'], undefined)
  }
  assert.deepEqual(school.asked(), [])
  school.parent.hasHeardNothing()
})

test('a phone rings no longer than it is given', async t => {
  const school = await aSchool(t, () => say('Hello'))
  school.parent.answers('20 s')

  const sid = await school.call({ Timeout: 10 })
  await school.mock.clock.advance('1 min')

  assert.equal((await school.read(sid))['status'], 'no-answer')
})

test('a machine is told from a person before the application is asked', async t => {
  const school = await aSchool(t, ({ form }) => say(`You are ${form['AnsweredBy']}`))

  const person_ = await school.call({ MachineDetection: 'Enable' })
  await school.mock.clock.advance('1 min')
  school.parent.isAnsweringMachine()
  const early = await school.call({ MachineDetection: 'Enable' })
  await school.mock.clock.advance('2 min')
  const patient = await school.call({ MachineDetection: 'DetectMessageEnd' })
  await school.mock.clock.advance('2 min')

  const found = await Promise.all(
    [person_, early, patient].map(async sid => (await school.read(sid))['answered_by'])
  )
  assert.deepEqual(found, ['human', 'machine_start', 'machine_end_beep'])
  school.parent.hears('You are machine_end_beep')
})

test('an asynchronous detection is told apart from the document', async t => {
  const school = await aSchool(t, () => '<Response><Pause length="60"/></Response>')
  school.parent.isAnsweringMachine()

  const sid = await school.call({
    MachineDetection: 'Enable',
    AsyncAmd: 'true',
    AsyncAmdStatusCallback: `${school.receiver.url}/status/amd`
  })
  await school.mock.clock.advance('1 min')

  assert.equal(school.asked()[0]?.['AnsweredBy'], undefined)
  const told = school.told().find(form => form['MachineDetectionDuration'] !== undefined)
  assert.deepEqual([told?.['AnsweredBy'], told?.['CallSid']], ['machine_start', sid])
})

const menu = `<Response>
  <Gather numDigits="1" action="/voice/keys"><Say>Press a key</Say></Gather>
  <Say>Nobody pressed</Say>
</Response>`

test('the key that a person presses is brought to the action, and the rest is not reached', async t => {
  const school = await aSchool(t, ({ form, url }) =>
    url === '/voice/keys' ? say(`Key ${form['Digits']}`) : menu
  )
  school.parent.answers().presses('7')

  await school.call()
  await school.mock.clock.advance('1 min')

  school.parent.hears('Key 7')
  assert.throws(() => school.parent.hears('Nobody pressed'), /has heard nothing with/)
})

test('who presses nothing goes on to the next verb', async t => {
  const school = await aSchool(t, () => menu)

  await school.call()
  await school.mock.clock.advance('1 min')

  school.parent.hears('Nobody pressed')
  assert.equal(school.asked().length, 1)
})

test('a key stops the prompt, and several are gathered until the finishing one', async t => {
  const school = await aSchool(t, ({ form }) =>
    form['Digits'] === undefined
      ? `<Response><Gather><Say loop="0">Enter your code</Say></Gather></Response>`
      : say(`Code ${form['Digits']}`)
  )

  const sid = await school.call()
  await school.mock.clock.advance('20 s')
  const press = (digits: string) =>
    school.control('POST', `/_mock/handsets/${person}/digits`, { digits, call_sid: sid })
  await press('12')
  await school.mock.clock.advance('4 s')
  await press('34#')
  await school.mock.clock.advance('10 s')

  school.parent.hears('Code 1234')
  assert.deepEqual((await press('1')).status, 404)
})

test('verbs go on in their order: pictures of a call with everything in it', async t => {
  const school = await aSchool(t, ({ url }) =>
    url === '/voice'
      ? `<Response>
          <Play loop="2">/bell.mp3</Play><Pause length="3"/><Enqueue>support</Enqueue>
          <Redirect>voice/next</Redirect><Say>Never</Say>
        </Response>`
      : '<Response><Say>Next</Say><Hangup/><Say>Never</Say></Response>'
  )

  const sid = await school.call()
  await school.mock.clock.advance('2 min')

  const heard = school.parent.conversation().map(({ body, media }) => media[0] ?? body)
  const bell = `${school.receiver.url}/bell.mp3`
  assert.deepEqual(heard, [bell, bell, 'Next'])
  assert.equal((await school.read(sid))['duration'], '14')
  const [warning] = school.mock.world().alerts
  assert.deepEqual([warning?.code, warning?.['severity']], [12200, 'error'])
})

test('a document that came with the call needs no application', async t => {
  const school = await aSchool(t, () => say('Never asked'))

  await school.call({ Url: '', Twiml: say('All is said') })
  await school.mock.clock.advance('1 min')

  school.parent.hears('All is said')
  assert.deepEqual(school.asked(), [])
})

test('an application that fails is replaced by its fallback, and else by an apology', async t => {
  const school = await aSchool(t, ({ form, url }) =>
    url.startsWith('/voice/fallback') ? say(`Sorry for ${form['ErrorCode']}`) : '<Response><Say>'
  )

  await school.call({ FallbackUrl: `${school.receiver.url}/voice/fallback` })
  await school.mock.clock.advance('1 min')
  school.parent.hears('Sorry for 12100')
  const alone = await school.call()
  await school.mock.clock.advance('1 min')

  school.parent.hears('an application error has occurred')
  assert.equal((await school.read(alone))['status'], 'completed')
})

test('a call lasts no longer than its limit, and ends when the person hangs up', async t => {
  const school = await aSchool(t, () => '<Response><Say loop="0">Round and round</Say></Response>')

  const limited = await school.call({ TimeLimit: 30 })
  await school.mock.clock.advance('2 min')
  school.parent.hangsUpAfter('7 s')
  const bored = await school.call()
  await school.mock.clock.advance('2 min')

  assert.equal((await school.read(limited))['duration'], '30')
  assert.equal((await school.read(bored))['duration'], '7')
})

test('a redirect in a circle comes to an end', async t => {
  const school = await aSchool(t, () => '<Response><Redirect/></Response>')

  const sid = await school.call()
  await school.mock.clock.advance('1 min')

  assert.equal((await school.read(sid))['status'], 'completed')
  assert.equal(school.mock.world().alerts.at(-1)?.code, 11215)
})

test('a person who calls a number hears what its application says', async t => {
  const school = await aSchool(t, ({ form }) => say(`Hello ${form['From']}`))
  const number = school.mock.world().numbersByPhone.get(firstNumber)
  assert.ok(number)
  number.voiceUrl = `${school.receiver.url}/voice`
  number.statusCallback = `${school.receiver.url}/status`

  const sid = await school.parent.calls(firstNumber)
  await school.mock.clock.advance('1 min')

  school.parent.hears(`Hello ${person}`)
  assert.deepEqual(
    [school.asked()[0]?.['CallStatus'], school.asked()[0]?.['Direction']],
    ['ringing', 'inbound']
  )
  const { direction, status } = await school.read(sid)
  assert.deepEqual([direction, status], ['inbound', 'completed'])
  assert.equal(school.told().at(-1)?.['CallStatus'], 'completed')
})

test('a call that is rejected is not answered, and one that nobody claims fails', async t => {
  const school = await aSchool(t, () => '<Response><Reject reason="busy"/></Response>')
  const number = school.mock.world().numbersByPhone.get(firstNumber)
  assert.ok(number)
  number.voiceUrl = ''
  const unclaimed = await school.control('POST', `/_mock/handsets/${person}/calls`, {
    to: firstNumber
  })
  number.voiceUrl = `${school.receiver.url}/voice`

  const rejected = await school.parent.calls(firstNumber)

  assert.equal((await school.read(unclaimed.body.sid))['status'], 'failed')
  const { status, duration } = await school.read(rejected)
  assert.deepEqual([status, duration], ['busy', '0'])
  const elsewhere = { to: '+16015550199' }
  assert.equal(
    (await school.control('POST', `/_mock/handsets/${person}/calls`, elsewhere)).status,
    404
  )
})

test('where an account has its pace, calls wait for their turn', async t => {
  const built = await build(t, [
    {
      account_sid: developmentAccount.accountSid,
      auth_token: developmentAccount.authToken,
      numbers: [{ phone_number: firstNumber }],
      throughput: 'realistic'
    }
  ])
  const form = { To: person, From: firstNumber, Twiml: say('Hello') }

  const calls = await Promise.all(
    [1, 2, 3].map(() => built.request('POST', `${account}/Calls.json`, form))
  )

  assert.deepEqual(
    calls.map(({ body }) => body['queue_time']),
    ['0', '1000', '2000']
  )
})

test('what is said in calls stands among the texts of the phone', async t => {
  const school = await aSchool(t, () => say('School is closed'))
  await school.send({ Body: 'We will call you' })
  await school.mock.clock.advance('1 min')
  await school.call()
  await school.mock.clock.advance('1 min')

  const { body } = await school.control('GET', `/_mock/handsets/${person}`)

  const { messages } = body
  assert.ok(Array.isArray(messages))
  assert.deepEqual(
    messages.map((entry: { direction: string; body: string }) => [entry.direction, entry.body]),
    [
      ['received', 'We will call you'],
      ['heard', 'School is closed']
    ]
  )
})
