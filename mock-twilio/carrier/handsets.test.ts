import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import * as fc from 'fast-check'

import { account, build, firstNumber, person } from '../../contracts/twilio/judged-mock.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { createMockTwilio, type MockTwilio } from '../app.ts'
import { developmentAccount, developmentAccountSeed } from '../development-account.ts'
import { phone } from '../testing/phone.ts'
import type { Persona } from './persona.ts'

const seeded =
  process.env['TEST_SEED'] === undefined ? {} : { seed: Number(process.env['TEST_SEED']) }

async function aParent(t: TestContext, persona: Persona) {
  const built = await build(t)
  built.mock.world().handsets.give(person, persona)
  return { ...built, parent: phone(built.mock, person) }
}

function told({ mock }: { mock: MockTwilio }, number = person): string[] {
  return phone(mock, number)
    .conversation()
    .map(({ direction, body, status }) => `${direction} ${body} (${status})`)
}

test('a parent confirms an appointment two minutes after reading of it', async t => {
  const { mock, receiver, send, parent } = await aParent(t, {
    rules: [{ when: { contains: 'appointment' }, replies: { body: 'YES', after: '2 min' } }]
  })

  await send({ Body: 'Your appointment is at 9' })
  await send({ Body: 'Your bus is late' })
  await mock.clock.advance('1 min')
  assert.equal(told({ mock }).length, 2)
  await mock.clock.advance('2 min')

  const [reply] = parent.conversation().filter(({ direction }) => direction === 'sent')
  assert.deepEqual([reply?.body, reply?.with], ['YES', firstNumber])
  assert.ok(receiver.received.some(({ form }) => form['Body'] === 'YES'))
})

test('a conversation goes as the script says, and what is not in it is left to the rules', async t => {
  const { mock, send } = await aParent(t, {
    script: [
      { expects: 'Which school', replies: 'Maple' },
      { expects: { matches: '^thank(s| you)' }, replies: ['No', { body: 'Thanks', after: 500 }] }
    ],
    rules: [{ replies: 'What?', times: 'once' }]
  })

  for (const Body of ['Hello', 'Which school?', 'Which school?', 'Thank you. More?', 'Thanks']) {
    await send({ Body })
    await mock.clock.advance('1 min')
  }

  assert.deepEqual(told({ mock }), [
    'received Hello (delivered)',
    'sent What? (received)',
    'received Which school? (delivered)',
    'sent Maple (received)',
    'received Which school? (delivered)',
    'received Thank you. More? (delivered)',
    'sent No (received)',
    'sent Thanks (received)',
    'received Thanks (delivered)'
  ])
})

test('the first rule that holds answers, and an empty one keeps the person silent', async t => {
  const { mock, send } = await aParent(t, {
    rules: [
      { when: { keyword: ' ping ' }, replies: [] },
      { when: { nth: 2 }, replies: 'the second' },
      { when: { from: '+19995550100' }, replies: 'never' },
      { when: {}, replies: 'anything', times: 2 }
    ]
  })

  for (const Body of ['PING', 'a', 'b', 'c', 'd']) {
    await send({ Body })
    await mock.clock.advance('1 min')
  }

  assert.deepEqual(
    told({ mock }).filter(line => line.startsWith('sent')),
    ['sent the second (received)', 'sent anything (received)', 'sent anything (received)']
  )
})

test('a parent who has had enough says so and opts out, and comes back the next day', async t => {
  const { mock, send } = await aParent(t, {
    rules: [
      {
        when: { contains: 'sale' },
        replies: [
          { body: 'Enough', opts_out: true },
          { opts_in: true, after: '24 h' }
        ]
      }
    ]
  })

  await send({ Body: 'A sale!' })
  await mock.clock.advance('1 min')
  const blocked = await send()
  await mock.clock.advance('24 h')
  const sent = await send()

  assert.deepEqual([blocked.status, blocked.body['code'], sent.status], [400, 21610, 201])
  assert.deepEqual(
    phone(mock, person)
      .conversation()
      .filter(({ direction }) => direction === 'sent')
      .map(({ body }) => body),
    ['Enough', 'STOP', 'START']
  )
})

test('a parent answers with a picture', async t => {
  const { mock, receiver, send } = await aParent(t, {
    rules: [{ replies: { media: [{ content_type: 'image/png', base64: 'iVBORw0KGgo=' }] } }]
  })

  await send()
  await mock.clock.advance('1 min')

  const inbound = receiver.received.find(({ url }) => url === '/inbound')
  assert.deepEqual(
    [inbound?.form['NumMedia'], inbound?.form['MediaContentType0'], inbound?.form['Body']],
    ['1', 'image/png', '']
  )
})

test('a landline and those who cannot be reached get nothing, each for its reason', async t => {
  const { mock, send, request } = await build(t)
  const ends: [Persona, number][] = [
    [{ line: 'landline' }, 30006],
    [{ condition: 'unreachable' }, 30003],
    [{ condition: 'inactive' }, 30005],
    [{ condition: 'blocked' }, 30004],
    [{ condition: 'full' }, 30003]
  ]

  for (const [persona, code] of ends) {
    mock.world().handsets.give(person, { ...persona, rules: [{ replies: 'Got it' }] })
    const { body } = await send()
    await mock.clock.advance('5 min')
    const message = await request('GET', `${account}/Messages/${body.sid}.json`)
    assert.deepEqual([message.body['status'], message.body['error_code']], ['undelivered', code])
  }
  assert.ok(told({ mock }).every(line => line.startsWith('received')))
})

test('what a lookup says of a number is what its persona says', async t => {
  const { request } = await aParent(t, { line: 'voip', carrier: 'Maple Mobile' })

  const { body } = await request('GET', `/lookups/v2/PhoneNumbers/${person}`, {
    Fields: 'line_type_intelligence'
  })

  assert.deepEqual(body['line_type_intelligence'], {
    error_code: null,
    mobile_country_code: null,
    mobile_network_code: null,
    carrier_name: 'Maple Mobile',
    type: 'nonFixedVoip'
  })
})

test('a phone that is off gets everything when it is on again, in the order of the carrier', async t => {
  const { mock, send, parent } = await aParent(t, { off: { until: '2026-11-23T14:00:00Z' } })

  for (const Body of ['one', 'two', 'three']) {
    await send({ Body })
    await mock.clock.advance('30 min')
  }
  parent.hasHeardNothing()
  await mock.clock.advance('45 min')

  assert.deepEqual(told({ mock }), [
    'received one (delivered)',
    'received two (delivered)',
    'received three (delivered)'
  ])
})

test('a message to a phone that stays off longer than it is valid is lost', async t => {
  const { mock, send, parent } = await aParent(t, { off: { until: '2026-11-24T12:00:00Z' } })

  await send({ ValidityPeriod: 3600 })
  await mock.clock.advance('59 min')
  assert.equal(parent.conversation()[0]?.status, 'sent')
  await mock.clock.advance('2 min')

  const [entry] = parent.conversation()
  assert.deepEqual([entry?.status, entry?.error_code], ['undelivered', 30003])
})

test('a phone that is off at night is on in the morning of its own time zone', async t => {
  const { mock, send, parent } = await aParent(t, {
    off: { daily: { from: '22:00', to: '07:00', utc_offset: '-06:00' } }
  })

  await mock.clock.advance('17 h')
  await send({ Body: 'Late news' })
  await mock.clock.advance('7 h')
  parent.hasHeardNothing()
  await mock.clock.advance('2 h')

  parent.expects('Late news')
})

test('a network without receipts leaves a message at sent, and the person reads it all the same', async t => {
  const { mock, send } = await aParent(t, { receipts: 'none', rules: [{ replies: 'Read it' }] })

  await send()
  await mock.clock.advance('1 h')

  assert.deepEqual(told({ mock }), ['received Your bus is late (sent)', 'sent Read it (received)'])
})

test('where receipts are slow, the answer is there before the application hears of the delivery', async t => {
  const { mock, send, receiver } = await aParent(t, {
    arrives_after: ['1 s', '5 s'],
    receipts: { after: '10 min' },
    rules: [{ replies: 'On my way' }]
  })

  await send()
  await mock.clock.advance('15 min')

  const story = receiver.received.map(({ form }) => form['MessageStatus'] ?? form['Body'])
  assert.deepEqual(story, ['sent', 'On my way', 'delivered'])
})

test('two robots do not talk for ever: the person tires, and it is written down', async t => {
  const { mock, send, receiver, control } = await aParent(t, {
    rules: [{ replies: { body: 'And you?', after: 0 } }],
    most_replies: 7
  })
  receiver.answers(({ url }) =>
    url === '/inbound' ? { body: '<Response><Message>Fine, and you?</Message></Response>' } : {}
  )

  await send()
  await mock.clock.advance('24 h')

  const sent = told({ mock }).filter(line => line.startsWith('sent'))
  assert.equal(sent.length, 7)
  const journal = await control('GET', '/_mock/journal?kind=handset.tired')
  assert.match(JSON.stringify(journal.body), /"most_replies":7/)
})

test('an answer to a number that was released meanwhile is heard by nobody', async t => {
  const { mock, send, request, control } = await aParent(t, {
    rules: [{ replies: { body: 'Hello?', after: '1 h' } }]
  })
  const [number] = mock.world().numbers.values()

  await send()
  await mock.clock.advance('1 min')
  await request('DELETE', `${account}/IncomingPhoneNumbers/${number?.sid}.json`)
  await mock.clock.advance('2 h')

  const journal = await control('GET', '/_mock/journal?kind=handset.unheard')
  assert.match(JSON.stringify(journal.body), /Hello\?/)
})

test('what a person is going to say is data in the agenda of the world', async t => {
  const { mock, send } = await aParent(t, {
    rules: [{ replies: { body: 'Later 😀', after: '1 h' } }]
  })

  await send()
  await mock.clock.advance('1 min')
  const plans = mock.world().agenda.list()

  assert.deepEqual(
    plans.map(({ plan }) => plan),
    [
      {
        kind: 'handset.replies',
        number: person,
        life: 1,
        to: firstNumber,
        body: 'Later 😀',
        media: []
      }
    ]
  )
  const written: unknown = JSON.parse(JSON.stringify(plans))
  assert.deepEqual(written, plans)

  const elsewhere = await aParent(t, {})
  assert.ok(Array.isArray(written))
  elsewhere.mock.world().agenda.restore(written)
  await elsewhere.mock.clock.advance('2 h')
  assert.deepEqual(told(elsewhere), ['sent Later 😀 (received)'])
})

test('a phone that is off sends nothing, and sends it when it is on again', async t => {
  const { mock, send, parent } = await aParent(t, {
    rules: [{ replies: { body: 'Yes', after: '10 min' } }]
  })

  await send()
  await mock.clock.advance('1 min')
  parent.isOff('1 h')
  await mock.clock.advance('59 min')
  assert.equal(told({ mock }).length, 1)
  await mock.clock.advance('2 min')

  assert.equal(told({ mock }).at(-1), 'sent Yes (received)')
})

test('what a person was going to say is not said by the next who has the number', async t => {
  const { mock, send } = await aParent(t, { rules: [{ replies: 'Yes' }] })

  await send()
  await parentReads()
  mock.world().handsets.remove(person)
  mock.world().handsets.give(person, { rules: [] })
  await mock.clock.advance('1 h')

  assert.deepEqual(told({ mock }), ['received Your bus is late (delivered)'])

  async function parentReads() {
    while (told({ mock })[0] !== 'received Your bus is late (delivered)') {
      await mock.clock.advance(100)
    }
  }
})

test('as in the gem, the word "inbound" brings a text after the delivery, where the world says so', async t => {
  const seed = developmentAccountSeed()
  const compatible = { ...seed, gem_compat: true }

  for (const origin of [seed, compatible]) {
    const { mock, send, receiver } = await build(t, [origin])
    for (const number of mock.world().numbers.values()) number.smsUrl = `${receiver.url}/inbound`
    await send({ Body: 'An inbound one, please' })
    await send({ Body: 'None here' })
    await mock.clock.advance('1 min')

    const told = receiver.received.map(({ url, form }) => [url, form['From'], form['To']])
    const inbound = told.filter(([url]) => url === '/inbound')
    assert.deepEqual(inbound, origin === seed ? [] : [['/inbound', person, firstNumber]])
    const delivered = receiver.received.findIndex(
      ({ form }) => form['MessageStatus'] === 'delivered'
    )
    const text = receiver.received.findIndex(({ url }) => url === '/inbound')
    assert.ok(text === -1 || delivered < text)
  }
})

test('the same seed gives the same conversation', async () => {
  const delays = fc.tuple(fc.nat(60_000), fc.nat(60_000))
  const persona: fc.Arbitrary<Persona> = fc.record({
    arrives_after: delays,
    rules: fc.array(
      fc.record({
        when: fc.record({ nth: fc.integer({ min: 1, max: 4 }) }),
        replies: fc.array(fc.record({ body: fc.string({ maxLength: 5 }), after: delays }), {
          maxLength: 3
        })
      }),
      { maxLength: 4 }
    )
  })
  const conversation = async (seed: string, given: Persona) => {
    const mock = await createMockTwilio({
      clock: new VirtualClock({ mode: 'frozen', start: 0 }),
      seed,
      accounts: [{ ...developmentAccountSeed(''), handsets: [{ number: person, persona: given }] }]
    })
    const authorization = `Basic ${Buffer.from(`${developmentAccount.accountSid}:${developmentAccount.authToken}`).toString('base64')}`
    for (let index = 0; index < 4; index++) {
      await mock.app.inject({
        method: 'POST',
        url: `/api${account}/Messages.json`,
        headers: { authorization },
        payload: { To: person, From: firstNumber, Body: `${index}` }
      })
    }
    await mock.clock.advance('1 h')
    const entries = phone(mock, person).conversation()
    await mock.close()
    return entries
  }

  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 8 }), persona, async (seed, given) => {
      const once = await conversation(seed, given)
      assert.deepEqual(await conversation(seed, given), once)
      assert.ok(once.length >= 4)
    }),
    { numRuns: 15, ...seeded }
  )
})

test('whenever a phone is off, it gets everything after it comes on, and in order', async t => {
  const { mock, send } = await build(t)
  let story = 0

  await fc.assert(
    fc.asyncProperty(
      fc.nat(600_000),
      fc.array(fc.nat(300_000), { minLength: 1, maxLength: 6 }),
      async (offMs, pauses) => {
        const number = `+1601555${String(1000 + story++)}`
        const onAt = mock.clock.now() + offMs
        mock.world().handsets.give(number, { off: { until: new Date(onAt).toISOString() } })
        for (const [index, pause] of pauses.entries()) {
          await send({ To: number, Body: `${index}`, StatusCallback: '' })
          await mock.clock.advance(pause + 10_000)
        }
        await mock.clock.advance('1 h')

        const arrivals = mock
          .world()
          .journal.list({ match: { kind: 'message.status', to: number, status: 'delivered' } })
        const messages = phone(mock, number).conversation()
        assert.deepEqual(
          arrivals.map(({ sid }) => sid),
          messages.map(({ sid }) => sid)
        )
        assert.equal(arrivals.length, pauses.length)
        assert.ok(arrivals.every(({ at }) => at >= onAt))
      }
    ),
    { numRuns: 25, ...seeded }
  )
})
