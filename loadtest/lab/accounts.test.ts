import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assert as check, integer, property } from 'fast-check'
import { Accounts } from './accounts.ts'
import { mostRecipients, numberAt, placeOf } from './recipients.ts'
import { parsePhoneNumber } from '../../server/telephony/phone-number.ts'

const group = (name: string, first: number, count: number) => ({
  name,
  first,
  count,
  startedAt: 0,
  intervalMs: 0
})

const aBook = () => new Accounts([group('recipients', 0, 3)])

const delivered = (place: number, eventId: string) => ({
  number: numberAt(place),
  status: 'delivered',
  eventId
})

test('who is texted twice is counted as one who was reached and one text too many', () => {
  const accounts = aBook()

  accounts.reached(numberAt(1))
  accounts.reached(numberAt(1))

  const [account] = accounts.accounts()
  assert.deepEqual([account?.atProvider, account?.doubledAtProvider], [1, 1])
})

test('an event that comes again under its id is repeated, under another id it is doubled', () => {
  const accounts = aBook()

  for (const eventId of ['a', 'a', 'b']) accounts.heard(delivered(0, eventId))

  const [account] = accounts.accounts()
  assert.deepEqual([account?.told, account?.repeatedEvents, account?.doubledEvents], [1, 1, 1])
})

test('news of having been sent is backward when the delivery was told before it', () => {
  const accounts = aBook()

  accounts.heard(delivered(0, 'a'))
  accounts.heard({ number: numberAt(0), status: 'sent', eventId: 'b' })
  accounts.heard({ number: numberAt(1), status: 'sent', eventId: 'c' })
  accounts.heard(delivered(1, 'd'))

  assert.equal(accounts.accounts()[0]?.backward, 1)
})

test('who was not expected is a stranger', () => {
  const accounts = aBook()

  accounts.reached(numberAt(3))
  accounts.reached('+14155550100')
  accounts.heard({ number: 'undefined', status: 'delivered', eventId: 'a' })

  assert.equal(accounts.strangers, 3)
})

test('how many went before is counted from a moment to an arrival', () => {
  const accounts = new Accounts([group('flood', 0, 10), group('high', 100, 1)])
  for (let place = 0; place < 4; place++) accounts.reached(numberAt(place))
  const since = accounts.progress().at
  for (let place = 4; place < 7; place++) accounts.reached(numberAt(place))
  accounts.reached(numberAt(100))
  accounts.reached(numberAt(7))

  assert.equal(accounts.overtaken('high', 0, since, 'flood'), 3)
})

test('every recipient of a load run has a valid number of their own', () => {
  check(
    property(integer({ min: 0, max: mostRecipients - 1 }), place => {
      const number = numberAt(place)
      assert.equal(placeOf(number), place)
      assert.ok(parsePhoneNumber(number).ok, number)
    }),
    { seed: Number(process.env['TEST_SEED'] ?? 23), numRuns: 500 }
  )
})
