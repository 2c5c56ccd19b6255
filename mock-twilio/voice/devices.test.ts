import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import twilio from 'twilio'

import { aSchool, type School } from '../../contracts/twilio/a-school.ts'
import { account, firstNumber } from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount } from '../development-account.ts'
import { TwilioRefusal } from '../errors.ts'
import { browser } from '../testing/browser.ts'
import type { ReceivedCallback } from '../testing/receiver.ts'

const { accountSid, apiKeySid, apiKeySecret } = developmentAccount
const { AccessToken } = twilio.jwt

interface TokenWish {
  identity?: string
  secret?: string
  keySid?: string
  account?: string
  ttl?: number
  incomingAllow?: boolean
  outgoingApplicationSid?: string
  outgoingApplicationParams?: object
  hasVoice?: boolean
  /** Of its birth, against the mock's clock. */
  ageSeconds?: number
}

/** A token as the official SDK makes it, at the time of the mock's clock. */
function aToken(t: TestContext, school: School, wish: TokenWish = {}): string {
  const {
    ageSeconds = 0,
    hasVoice = true,
    identity = 'ada',
    ttl = 3600,
    incomingAllow = true
  } = wish
  t.mock.timers.enable({ apis: ['Date'], now: school.mock.clock.now() - ageSeconds * 1000 })
  try {
    const token = new AccessToken(
      wish.account ?? accountSid,
      wish.keySid ?? apiKeySid,
      wish.secret ?? apiKeySecret,
      { identity, ttl }
    )
    const { outgoingApplicationSid, outgoingApplicationParams } = wish
    if (hasVoice) {
      token.addGrant(
        new AccessToken.VoiceGrant({
          incomingAllow,
          ...(outgoingApplicationSid ? { outgoingApplicationSid } : {}),
          ...(outgoingApplicationParams ? { outgoingApplicationParams } : {})
        })
      )
    }
    return token.toJwt()
  } finally {
    t.mock.timers.reset()
  }
}

async function anApplication(school: School): Promise<string> {
  const { body } = await school.request('POST', `${account}/Applications.json`, {
    FriendlyName: 'Browser calls',
    VoiceUrl: `${school.receiver.url}/browser`,
    StatusCallback: `${school.receiver.url}/status`
  })
  return body.sid
}

const dialsAda = ({ url }: ReceivedCallback) =>
  url.startsWith('/after')
    ? '<Response/>'
    : '<Response><Dial timeout="20" action="/after"><Client>ada</Client></Dial></Response>'

test('a browser signs in with a token of the SDK, rings, is picked up and talks', async t => {
  const school = await aSchool(t, dialsAda)
  const ada = browser(school.mock, aToken(t, school))

  const caller = school.parent.calls(firstNumber)
  await caller
  const talk = ada.picksUp()
  await talk.says('Front desk, how can I help?')
  await caller.hears('Front desk').says('I am lost')
  ada.hears('I am lost')
  await talk.hangsUp()
  await caller.isHungUp()

  const after = school.about('/after').at(-1)
  assert.deepEqual([after?.['DialCallStatus'], after?.['DialBridged']], ['completed', 'true'])
})

test('a browser that declines, or is not picked up, is told from one that is away', async t => {
  const school = await aSchool(t, dialsAda)
  const ada = browser(school.mock, aToken(t, school))

  ada.declines()
  await school.parent.calls(firstNumber).isHungUp()
  ada.letsItRing()
  await school.parent.calls(firstNumber).isHungUp()
  ada.goesOffline()
  await school.parent.calls(firstNumber).isHungUp()

  const legs = [...school.mock.world().calls.all()].filter(leg => leg.parentCallSid !== null)
  assert.deepEqual(
    legs.map(({ status, sipCode }) => [status, sipCode]),
    [
      ['busy', 603],
      ['no-answer', 487],
      ['no-answer', 480]
    ]
  )
})

test('a browser calls its application with parameters of its own', async t => {
  const school = await aSchool(
    t,
    ({ form }) => `<Response><Dial callerId="${firstNumber}">${form['To']}</Dial></Response>`
  )
  const outgoingApplicationSid = await anApplication(school)
  const wish = { outgoingApplicationSid, outgoingApplicationParams: { school: 'north' } }
  const ada = browser(school.mock, aToken(t, school, wish))

  const call = ada.connects({ To: school.parent.number, conversation: '42' })
  await call.waits('20 s').says('This is your school')
  school.parent.hears('This is your school')
  const sid = await call.hangsUp()

  const [asked] = school.about('/browser')
  assert.deepEqual(
    ['From', 'Caller', 'To', 'Direction', 'CallStatus', 'school', 'conversation'].map(
      name => asked?.[name]
    ),
    ['client:ada', 'client:ada', school.parent.number, 'inbound', 'ringing', 'north', '42']
  )
  assert.equal(asked?.['ApplicationSid'], outgoingApplicationSid)
  const { from, direction, status } = await school.read(sid)
  assert.deepEqual([from, direction, status], ['client:ada', 'inbound', 'completed'])
  assert.equal(school.about('/status').at(-1)?.['CallStatus'], 'completed')
})

test('the API calls a browser', async t => {
  const school = await aSchool(t, () => '<Response><Say>The bell is broken</Say></Response>')
  const ada = browser(school.mock, aToken(t, school))
  ada.answers('1 s')

  const sid = await school.call({ To: 'client:ada' })
  await school.mock.clock.advance('1 min')

  ada.hears('The bell is broken')
  assert.equal((await school.read(sid))['status'], 'completed')
})

const refusals: [what: string, code: number, wish: TokenWish][] = [
  ['signed with another secret', 20107, { secret: 'another' }],
  ['of a key that nobody has', 20103, { keySid: `SK${'9'.repeat(32)}` }],
  ['of another account', 20103, { account: `AC${'9'.repeat(32)}` }],
  ['that has expired', 20104, { ageSeconds: 4000 }],
  ['that is valid for more than a day', 20104, { ttl: 100_000 }],
  ['whose time has not come', 20105, { ageSeconds: -100 }],
  ['without a grant for voice', 20106, { hasVoice: false }]
]

for (const [what, code, wish] of refusals) {
  test(`a token ${what} is refused with ${code}`, async t => {
    const school = await aSchool(t, () => '')

    const answer = await school.control('POST', '/_mock/clients', {
      token: aToken(t, school, wish)
    })

    assert.deepEqual([answer.status, answer.body['code']], [401, code])
    assert.equal(school.mock.world().devices.size, 0)
  })
}

test('what is no token, or of another kind, is refused', async t => {
  const school = await aSchool(t, () => '')
  const [header = '', claims = '', signature = ''] = aToken(t, school).split('.')
  const other = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url')

  for (const [token, code] of [
    ['nonsense', 20101],
    ['a.b.c', 20101],
    [`${other({ alg: 'none', cty: 'twilio-fpa;v=1' })}.${claims}.`, 20102],
    [`${other({ alg: 'HS256' })}.${claims}.${signature}`, 20102],
    [`${header}.${claims}.${signature.slice(0, -4)}AAAA`, 20107]
  ] as const) {
    assert.throws(
      () => browser(school.mock, token),
      (error: unknown) => error instanceof TwilioRefusal && error.code === code,
      `${token.slice(0, 20)} is ${code}`
    )
  }
})

test('when its token is over a browser is not reached, and one that may not be called is not either', async t => {
  const school = await aSchool(t, dialsAda)
  browser(school.mock, aToken(t, school, { ttl: 60 })).answers('1 s')

  await school.mock.clock.advance('2 min')
  await school.parent.calls(firstNumber).isHungUp()
  browser(school.mock, aToken(t, school, { incomingAllow: false })).answers('1 s')
  await school.parent.calls(firstNumber).isHungUp()

  assert.deepEqual(
    school.about('/after').map(form => form['DialCallStatus']),
    ['no-answer', 'no-answer']
  )
})

test('over the control API a browser signs in, calls, is answered, and goes', async t => {
  const school = await aSchool(t, () => '<Response><Gather numDigits="1" timeout="30"/></Response>')
  const outgoingApplicationSid = await anApplication(school)
  const token = aToken(t, school, { outgoingApplicationSid })
  const ask = school.control

  const signedIn = await ask('POST', '/_mock/clients', { token })
  const { body: call } = await ask('POST', '/_mock/clients/ada/calls', {
    parameters: { topic: 'bus' }
  })
  await school.mock.clock.advance(0)
  const pressed = await ask('POST', '/_mock/clients/ada/digits', { digits: '1' })
  await ask('POST', '/_mock/clients/ada/speech', { words: 'Hello' })
  await ask('POST', '/_mock/clients/ada/hangup', {})
  const shown = await ask('GET', `/_mock/calls/${call.sid}`)
  const gone = await ask('DELETE', '/_mock/clients/ada')
  const again = await ask('POST', '/_mock/clients/ada/calls', {})

  assert.deepEqual(
    [signedIn.status, signedIn.body['identity'], signedIn.body['is_reachable']],
    [201, 'ada', true]
  )
  assert.deepEqual([pressed.status, pressed.body.sid], [200, call.sid], JSON.stringify(shown.body))
  assert.equal(shown.body['status'], 'completed')
  assert.match(JSON.stringify(shown.body['lines']), /the person presses 1/)
  assert.deepEqual([gone.status, again.status], [204, 404])
})
