import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import * as fc from 'fast-check'

import { build, firstNumber, person, secondNumber } from '../../contracts/twilio/judged-mock.ts'
import { developmentAccount, developmentAccountSeed } from '../development-account.ts'
import type { AccountSeed } from '../seeds.ts'
import { phone } from '../testing/phone.ts'
import type { AdvancedOptOut } from './advanced-opt-out.ts'

const seeded =
  process.env['TEST_SEED'] === undefined ? {} : { seed: Number(process.env['TEST_SEED']) }

const service = developmentAccount.messagingServiceSid
const tollFree = '+18885550100'

async function aWorld(t: TestContext, change: Partial<AccountSeed>) {
  const built = await build(t, [{ ...developmentAccountSeed(), ...change }])
  for (const number of built.mock.world().numbers.values()) {
    number.smsUrl = `${built.receiver.url}/inbound`
  }
  return { ...built, parent: phone(built.mock, person) }
}

function withAdvancedOptOut(settings: AdvancedOptOut): Partial<AccountSeed> {
  return {
    messaging_services: [
      {
        sid: service,
        use_inbound_webhook_on_number: true,
        phone_numbers: [firstNumber, tollFree],
        advanced_opt_out: settings
      }
    ]
  }
}

test('a service with advanced opt-out tells the application which keyword it minded', async t => {
  const { parent, receiver, send } = await aWorld(t, withAdvancedOptOut({}))

  for (const word of ['Stop', 'help', 'START', 'Hello']) await parent.texts(firstNumber, word)
  await parent.texts(secondNumber, 'STOP')

  assert.deepEqual(
    receiver.received.map(({ form }) => form['OptOutType']),
    ['STOP', 'HELP', 'START', undefined, undefined],
    'a number outside the service has no such parameter'
  )
  assert.equal((await send()).status, 201)
})

test('a service has its own keywords and its own words', async t => {
  const { parent, send } = await aWorld(
    t,
    withAdvancedOptOut({
      keywords: { STOP: ['Alto', 'no más'] },
      replies: { STOP: 'Adiós. VOLVER', HELP: 'Ayuda' }
    })
  )

  await parent.texts(firstNumber, 'STOP')
  assert.equal((await send()).status, 201, 'STOP is none of its words')
  await parent.texts(firstNumber, ' NO MÁS ')
  assert.equal((await send()).body['code'], 21610)
  await parent.texts(firstNumber, 'info')
  await parent.texts(firstNumber, 'start')

  assert.equal((await send()).status, 201)
  const replies = parent.conversation().filter(({ sid, direction }) => sid === null && direction)
  assert.deepEqual(
    replies.map(({ body }) => body.split('.')[0]),
    ['Adiós', 'Ayuda', 'You have successfully been re-subscribed to messages from this number']
  )
})

test('the network of a toll-free number minds STOP, START and UNSTOP, in its own words', async t => {
  const { parent, send } = await aWorld(t, {
    numbers: [{ phone_number: tollFree }],
    messaging_services: []
  })
  const from = { From: tollFree }

  await parent.texts(tollFree, 'UNSUBSCRIBE')
  assert.equal((await send(from)).status, 201)
  await parent.texts(tollFree, 'STOP')
  assert.equal((await send(from)).body['code'], 21610)
  await parent.texts(tollFree, 'YES')
  assert.equal((await send(from)).body['code'], 21610)
  await parent.texts(tollFree, 'unstop')
  assert.equal((await send(from)).status, 201)
  await parent.texts(tollFree, 'HELP')

  parent.expects('NETWORK MSG: You replied with the word "stop"')
  parent.expects('NETWORK MSG: You have replied "unstop"')
  parent.expects('Reply STOP to unsubscribe')
})

test('a toll-free number keeps the words of its network in a service with its own', async t => {
  const { parent, receiver } = await aWorld(
    t,
    withAdvancedOptOut({ keywords: { STOP: ['ALTO'] }, replies: { STOP: 'Adiós' } })
  )

  await parent.texts(tollFree, 'ALTO')
  await parent.texts(tollFree, 'STOP')

  parent.expects('NETWORK MSG')
  assert.deepEqual(
    receiver.received.map(({ form }) => form['OptOutType']),
    [undefined, 'STOP']
  )
})

test('a short code of its own minds no keyword', async t => {
  const { parent, receiver, mock } = await aWorld(t, {
    numbers: [{ phone_number: '72345' }],
    messaging_services: []
  })

  await parent.texts('72345', 'STOP')

  assert.deepEqual(mock.world().optOuts.list(), [])
  assert.equal(receiver.received[0]?.form['Body'], 'STOP')
  assert.equal(parent.conversation().length, 1)
})

test('a short code in a service with advanced opt-out is minded like any number of it', async t => {
  const { parent, mock } = await aWorld(t, {
    numbers: [],
    messaging_services: [{ sid: service, phone_numbers: ['72345'], advanced_opt_out: {} }]
  })

  await parent.texts('72345', 'STOP')

  assert.deepEqual(
    mock
      .world()
      .optOuts.list()
      .map(({ sender }) => sender),
    [service]
  )
})

test('an application that answers STOP by itself is not let through', async t => {
  const { parent, receiver, mock } = await aWorld(t, {})
  receiver.answers(() => ({ body: '<Response><Message>Sad to see you go</Message></Response>' }))

  await parent.texts(firstNumber, 'STOP')
  await mock.clock.advance('1 min')

  assert.deepEqual(
    mock.world().alerts.map(({ code }) => code),
    [21610]
  )
  assert.throws(() => parent.expects('Sad'))
})

test('START is answered even when nobody had opted out, UNSTOP and YES are not', async t => {
  const { parent } = await aWorld(t, {})

  for (const word of ['UNSTOP', 'YES', 'START']) await parent.texts(firstNumber, word)

  const replies = parent.conversation().filter(({ sid }) => sid === null)
  assert.equal(replies.length, 1)
})

test('whatever people text, who is blocked is what a simple reading of their words says', async t => {
  const { mock } = await build(t)
  const numbers = [firstNumber, secondNumber, tollFree] as const
  mock.world().addNumber({ phone_number: tollFree })
  const people = [person, '+16015550124']
  const stops = ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']
  const starts = ['START', 'YES', 'UNSTOP']
  const word = fc.constantFrom(
    ...stops,
    ...starts,
    'HELP',
    'INFO',
    'stop it',
    '',
    'ＳＴＯＰ',
    'S TOP'
  )
  const spelt = fc
    .tuple(word, fc.boolean(), fc.constantFrom('', ' ', '\n', '\t '))
    .map(([text, isLower, space]) => space + (isLower ? text.toLowerCase() : text) + space)
  const texts = fc.array(
    fc.record({
      from: fc.constantFrom(...people),
      to: fc.constantFrom(...numbers),
      body: fc.oneof(spelt, fc.string({ unit: 'binary' }))
    }),
    { maxLength: 30 }
  )

  await fc.assert(
    fc.asyncProperty(texts, async story => {
      for (const { handset, sender } of mock.world().optOuts.list()) {
        mock.world().optOuts.remove(handset, sender)
      }
      const blocked = new Set<string>()
      for (const { from, to, body } of story) {
        await phone(mock, from).texts(to, body)
        const bare = body.trim().toUpperCase()
        const pair = `${from} ${to === tollFree ? to : service}`
        const isStop = to === tollFree ? bare === 'STOP' : stops.includes(bare)
        if (isStop) blocked.add(pair)
        else if (starts.includes(bare) && !(to === tollFree && bare === 'YES')) blocked.delete(pair)
      }

      const found = mock.world().optOuts.list()
      assert.deepEqual(
        found.map(({ handset, sender }) => `${handset} ${sender}`).toSorted(),
        [...blocked].toSorted()
      )
    }),
    { numRuns: 15, ...seeded }
  )
})
