import assert from 'node:assert/strict'
import { test } from 'node:test'

import { build, firstNumber, person } from '../../contracts/twilio/judged-mock.ts'
import { phone } from './phone.ts'

test('a parent who reads of an appointment replies STOP, and hears no more', async t => {
  const { mock, send } = await build(t)
  const parent = phone(mock, person)
  await send({ Body: 'Your appointment is at 9' })
  await mock.clock.advance('1 min')

  await parent.expects('Your appointment').replies('STOP')

  parent.expects('unsubscribed')
  assert.equal((await send()).body['code'], 21610)
})

test('a reply that is said beforehand comes when its time has come', async t => {
  const { mock, send, receiver } = await build(t)
  const parent = phone(mock, person)
  parent.when('appointment').replies('One moment').after('10 s').replies('YES').after('2 min')
  parent.when('sale').staysSilent()
  parent.when({}).optsOut().times('once')

  await send({ Body: 'A sale on Your appointment cards' })
  await send({ Body: 'Big sale' })
  await mock.clock.advance('5 min')

  const texts = receiver.received.flatMap(({ form }) => form['Body'] ?? [])
  assert.deepEqual(texts, ['One moment', 'YES'])
})

test('what is awaited comes in virtual time, step by step, and no further', async t => {
  const { mock, send } = await build(t)
  const parent = phone(mock, person)
  const start = mock.clock.now()
  await send({ Body: 'Your bus is late' })

  const text = await parent.receives('bus', { within: '1 h' })

  assert.equal(text.status, 'delivered')
  assert.ok(mock.clock.now() - start < 10_000)
})

test('a whole conversation reads like one', async t => {
  const { mock, receiver } = await build(t)
  receiver.answers(({ form }) => ({
    body: `<Response><Message>You said ${form['Body']}</Message></Response>`
  }))
  const parent = phone(mock, person)

  await parent.texts(firstNumber, 'Hello')
  await parent.receives('You said').replies('Really?')
  await parent.receives('You said').sendsPicture('https://example.com/cat.jpg', 'Look')
  const last = await parent.receives('You said Look')

  last.staysSilent()
  assert.deepEqual(
    parent.conversation().map(({ body }) => body),
    ['Hello', 'You said Hello', 'Really?', 'You said Really?', 'Look', 'You said Look']
  )
})

test('an application that answers later, by itself, is waited for', async t => {
  const { mock, receiver, send } = await build(t)
  receiver.answers(({ url }) => {
    if (url === '/inbound') setImmediate(() => void send({ Body: 'I thought about it' }))
    return { status: 204 }
  })
  const parent = phone(mock, person)

  await parent.texts(firstNumber, 'Hello')

  await parent.receives('I thought about it')
})

test('under a clock that runs by itself, the journal says when to look again', async t => {
  const { mock, send } = await build(t)
  mock.clock.setMode('rate', 1000)
  await send({ Body: 'Your bus is late' })

  const text = await phone(mock, person).receives('bus', { within: '10 min' })

  assert.equal(text.with, firstNumber)
})

test('what is missing is told with everything that is on the phone', async t => {
  const { mock, send } = await build(t)
  const parent = phone(mock, person)
  await parent.texts(firstNumber, 'Is school "open"?')
  await send({ To: person, Body: 'It is' })
  parent.isUnreachable()
  await mock.clock.advance('1 min')

  await assert.rejects(parent.receives('closed', { within: '2 min' }), error => {
    assert.ok(error instanceof Error)
    assert.equal(
      error.message.replace(/\.\d{3}Z/g, 'Z').replace(/12:00:0\d/g, '12:00:0x'),
      [
        `${person} received no text with "closed" within 2 min:`,
        `  2026-11-23T12:00:0xZ -> ${firstNumber} "Is school \\"open\\"?" (received)`,
        `  2026-11-23T12:00:0xZ <- ${firstNumber} "It is" (undelivered 30003)`,
        '  2026-11-23T12:03:0xZ is now'
      ]
        .join('\n')
        .replace('12:03:0x', '12:03:00')
    )
    return true
  })
  assert.throws(() => parent.expects('It is'), /has no text with "It is"/)
  assert.throws(() => phone(mock, '+16015550177').expects('x'), /\n {2}nothing\n/)
})

test('a phone that heard nothing says so, and one that did is told on', async t => {
  const { mock, send } = await build(t)
  const parent = phone(mock, person).isOff('1 h')
  await send()
  await mock.clock.advance('59 min')
  parent.hasHeardNothing()

  await parent.receives('late', { within: '2 min' })

  assert.throws(() => parent.hasHeardNothing(), /has heard something:\n.*Your bus is late/)
})

test('a person who said something was not silent', async t => {
  const { mock, send } = await build(t)
  const parent = phone(mock, person)
  await send()
  const text = await parent.receives('bus')
  text.staysSilent()

  await parent.texts(firstNumber, 'When?')

  assert.throws(() => text.staysSilent(), /did not stay silent/)
})

test('a phone can be switched off and on, and be a landline', async t => {
  const { mock, send } = await build(t)
  const parent = phone(mock, person).isOff('2026-11-24T00:00:00Z').isOn()
  await send()
  await parent.receives('bus')

  parent.isALandline()
  await send({ Body: 'Once more' })

  await assert.rejects(parent.receives('Once more'), /30006/)
})

test('a script is followed from phone to phone', async t => {
  const { mock, send, receiver } = await build(t)
  phone(mock, person).follows([
    { expects: 'First', replies: '1' },
    { expects: 'Second', replies: '2' }
  ])

  for (const Body of ['Second', 'First', 'Second']) {
    await send({ Body })
    await mock.clock.advance('1 min')
  }

  const texts = receiver.received.flatMap(({ form }) => form['Body'] ?? [])
  assert.deepEqual(texts, ['1', '2'])
})
