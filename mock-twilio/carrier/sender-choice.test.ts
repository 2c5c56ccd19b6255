import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import type { MessagingServiceSeed, NumberSeed, WorldSeed } from '../seeds.ts'
import { aWorld } from '../testing/a-world.ts'
import { chooseSender } from './sender-choice.ts'
import { leavePool } from './sender-pool.ts'

const seeded = process.env['TEST_SEED'] ? { seed: Number(process.env['TEST_SEED']) } : {}
const serviceSid = `MG${'1'.repeat(32)}`

function aPool(
  numbers: readonly NumberSeed[],
  settings: Partial<MessagingServiceSeed> = {},
  seed: WorldSeed = {}
) {
  const lone = aWorld({
    ...seed,
    numbers: [...numbers],
    messaging_services: [
      {
        sid: serviceSid,
        phone_numbers: numbers.map(({ phone_number }) => phone_number),
        ...settings
      }
    ]
  })
  const service = lone.world.services.get(serviceSid)
  assert.ok(service)
  const choose = (to: string, isMms = false) =>
    chooseSender(lone.world, service, { to, isMms, numSegments: 1 })?.phoneNumber
  return { ...lone, service, choose }
}

const inNewYork = { phone_number: '+12125550100' }
const inJackson = { phone_number: '+16015550100' }
const inLondon = { phone_number: '+442079460100' }
const tollFree = { phone_number: '+18005550100' }

test('who was written to once is written to from the same number, until it leaves the pool', () => {
  const { world, service, choose } = aPool([inJackson, { phone_number: '+16015550101' }])
  const first = choose('+13105550111')

  assert.equal(choose('+13105550122'), '+16015550101')
  assert.equal(choose('+13105550111'), first)
  const number = world.numbersByPhone.get(String(first))
  assert.ok(number)
  leavePool(service, number)
  assert.equal(choose('+13105550111'), '+16015550101')
})

test('without sticky senders the numbers take turns', () => {
  const { choose } = aPool([inJackson, { phone_number: '+16015550101' }], { sticky_sender: false })

  const chosen = Array.from({ length: 4 }, () => choose('+13105550111'))

  assert.deepEqual(chosen, ['+16015550100', '+16015550101', '+16015550100', '+16015550101'])
})

test("a number of the person's area code is preferred where the service minds it", () => {
  assert.equal(aPool([inJackson, inNewYork]).choose('+12125550111'), '+12125550100')
  const mindless = aPool([inJackson, inNewYork], { area_code_geomatch: false })
  assert.equal(mindless.choose('+12125550111'), '+16015550100')
})

test("a number of the person's country is preferred", () => {
  const { choose } = aPool([inJackson, inLondon])

  assert.equal(choose('+447911123456'), '+442079460100')
  assert.equal(choose('+13105550111'), '+16015550100')
})

test('long codes are preferred to toll-free numbers', () => {
  assert.equal(aPool([tollFree, inJackson]).choose('+13105550111'), '+16015550100')
})

test('short codes come first at home, and are of no use abroad', () => {
  const { choose } = aPool([inJackson, { phone_number: '12345' }])

  assert.equal(choose('+13105550111'), '12345')
  assert.equal(choose('+447911123456'), '+16015550100')
})

test('long codes stand in for a short code that is full, if the service lets them', () => {
  for (const [allowed, sender] of [
    [true, '+16015550100'],
    [false, '12345']
  ] as const) {
    const { world, choose } = aPool(
      [inJackson, { phone_number: '12345' }],
      { fallback_to_long_code: allowed, sticky_sender: false },
      { throughput: 'realistic' }
    )
    world.carrier.queues.set('12345', {
      sender: '12345',
      type: 'shortCode',
      segmentsPerSecond: 100,
      freeAt: world.now() + 36_000_000,
      messages: 3_600_000,
      segments: 3_600_000
    })

    assert.equal(choose('+13105550111'), sender)
  }
})

test('only numbers that take media carry media, and only those that take texts carry texts', () => {
  const { choose } = aPool([
    { ...inJackson, mms: false },
    { phone_number: '+16015550101', sms: false, mms: true }
  ])

  assert.equal(choose('+13105550111', false), '+16015550100')
  assert.equal(choose('+13105550122', true), '+16015550101')
})

test('of equal numbers the one with the shortest line sends', () => {
  const { choose, send } = aPool(
    [inJackson, { phone_number: '+16015550101' }],
    { sticky_sender: false },
    { throughput: 'realistic' }
  )
  for (let index = 0; index < 5; index++) send({ from: '+16015550100' })

  const chosen = Array.from({ length: 3 }, () => choose('+13105550111'))

  assert.deepEqual(chosen, ['+16015550101', '+16015550101', '+16015550101'])
})

test('a pool sends as many segments in a second as its numbers together', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async size => {
      const numbers = Array.from({ length: size }, (_, index) => ({
        phone_number: `+160155501${10 + index}`
      }))
      const { world, clock, send } = aPool(numbers, {}, { throughput: 'realistic' })
      for (let index = 0; index < 20 * size; index++) {
        send({ messagingServiceSid: serviceSid, to: `+1310555${1000 + index}` })
      }
      await clock.advance('10 s')

      const left = world.journal.list({ match: { kind: 'message.status', status: 'sending' } })
      assert.ok(left.length >= 9 * size && left.length <= 10 * size, `${left.length} of ${size}`)
      const queues = [...world.carrier.queues.values()].map(({ messages }) => messages)
      assert.ok(Math.max(...queues) - Math.min(...queues) <= 1, queues.join(' '))
    }),
    { numRuns: 10, ...seeded }
  )
})
