import assert from 'node:assert/strict'
import { test } from 'node:test'

import { aWorld } from '../testing/a-world.ts'
import { addOutage, carrierOf } from './outages.ts'

const minutes = 60_000

test('a carrier that is down keeps messages sent, and their receipts come when it is back', async () => {
  const { world, send, endOf, clock } = aWorld()
  const until = new Date(world.now() + 30 * minutes).toISOString()
  addOutage(world, { effect: 'hold', until })
  const message = send()

  await clock.advance('29 min')
  assert.deepEqual(endOf(message), ['sent', null])
  await clock.advance('2 min')
  assert.deepEqual(endOf(message), ['delivered', null])
  assert.deepEqual(world.carrier.outages, [])
})

test('what was held goes on in order, so many in a second', async () => {
  const { world, send, clock } = aWorld({ profile: 'instant' })
  const until = new Date(world.now() + minutes).toISOString()
  addOutage(world, { effect: 'hold', until, recovery_per_second: 2 })
  const sent = Array.from({ length: 10 }, () => send())
  await clock.advance('10 min')

  const received = world.journal.list({ match: { status: 'delivered' } })
  assert.deepEqual(
    received.map(({ sid }) => sid),
    sent.map(({ sid }) => sid)
  )
  assert.deepEqual(
    received.map(({ at }) => at - (received[0]?.at ?? 0)),
    sent.map((_, index) => index * 500)
  )
})

test('an outage may end messages instead, undelivered or failed as the code means', async () => {
  for (const [error_code, status] of [
    [30017, 'undelivered'],
    [30410, 'failed']
  ] as const) {
    const { world, send, endOf, clock } = aWorld()
    addOutage(world, { effect: 'undelivered', error_code })
    const message = send()
    await clock.advance('1 min')

    assert.deepEqual(endOf(message), [status, error_code])
  }
})

test('an outage begins in its time, and strikes its carrier or its prefix only', async () => {
  const { world, send, endOf, clock } = aWorld()
  const from = new Date(world.now() + 5 * minutes).toISOString()
  addOutage(world, { effect: 'undelivered', from, prefix: '+1601' })
  addOutage(world, { effect: 'undelivered', carrier: carrierOf('+13105550112'), error_code: 30008 })
  const early = send()
  const ofCarrier = send({ to: '+13105550112' })
  const ofAnother = send({ to: '+13105550113' })
  await clock.advance('5 min')
  const late = send()
  await clock.advance('1 min')

  assert.deepEqual([early, ofCarrier, ofAnother, late].map(endOf), [
    ['delivered', null],
    ['undelivered', 30008],
    ['delivered', null],
    ['undelivered', 30017]
  ])
})

test('a rule of the test counts more than an outage', async () => {
  const { world, send, endOf, clock } = aWorld()
  addOutage(world, { effect: 'hold' })
  world.faults.add({ effect: { type: 'outcome', status: 'undelivered', error_code: 30004 } })
  const message = send()
  await clock.advance('1 min')

  assert.deepEqual(endOf(message), ['undelivered', 30004])
})
