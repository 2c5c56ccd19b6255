import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { isTerminal } from '../lifecycles/message.ts'
import type { WorldSeed } from '../seeds.ts'
import { aWorld, type LoneWorld } from '../testing/a-world.ts'
import type { NewMessage } from './new-message.ts'
import { addOutage, endOutage } from './outages.ts'

const seeded = process.env['TEST_SEED'] ? { seed: Number(process.env['TEST_SEED']) } : {}
const serviceSid = `MG${'1'.repeat(32)}`
const ofService = { messagingServiceSid: serviceSid }
const pool = (...numbers: string[]): WorldSeed => ({
  numbers: numbers.map(phone_number => ({ phone_number })),
  messaging_services: [{ sid: serviceSid, phone_numbers: numbers }]
})

async function endIn(seed: WorldSeed, message: Partial<NewMessage> = {}) {
  const lone = aWorld(seed)
  const sent = lone.send(message)
  await lone.clock.advance('3 h')
  return lone.endOf(sent)
}

test('what a line is decides whether it takes a text', async () => {
  const ends = [
    ['mobile', 'delivered', null],
    ['landline', 'undelivered', 30006],
    ['pager', 'undelivered', 30006],
    ['nonFixedVoip', 'delivered', null],
    ['not_found', 'undelivered', 30005]
  ] as const

  for (const [type, status, code] of ends) {
    const line_types = [{ phone_number: '+16015550123', type }]
    assert.deepEqual(await endIn({ line_types }), [status, code], type)
  }
})

test('an unregistered ten-digit number is blocked in America, where registration is minded', async () => {
  const campaigns = [{ service_sid: serviceSid }]
  const enforced = { ...pool('+16015550100'), registration: 'enforced' } as const

  assert.deepEqual(await endIn(enforced, ofService), ['undelivered', 30034])
  assert.deepEqual(await endIn({ ...enforced, campaigns }, ofService), ['delivered', null])
  assert.deepEqual(await endIn({ ...enforced, campaigns }), ['delivered', null])
  assert.deepEqual(await endIn(enforced, { to: '+447911123456' }), ['delivered', null])
  assert.deepEqual(await endIn(pool('+16015550100'), ofService), ['delivered', null])
})

test('a toll-free number that is not verified is blocked', async () => {
  const enforced = { ...pool('+18005550100'), registration: 'enforced' } as const
  const verified = { ...enforced, verified_toll_free: ['+18005550100'] }

  assert.deepEqual(await endIn(enforced, { from: '+18005550100' }), ['undelivered', 30032])
  assert.deepEqual(await endIn(verified, { from: '+18005550100' }), ['delivered', null])
})

test('a campaign that sends faster than it may is cut by the carrier', async () => {
  const numbers = Array.from({ length: 10 }, (_, index) => `+160155501${10 + index}`)
  const { send, endOf, clock } = aWorld({
    ...pool(...numbers),
    throughput: 'realistic',
    campaigns: [{ service_sid: serviceSid, segments_per_second: 5 }]
  })
  const sent = Array.from({ length: 300 }, (_, index) =>
    send({ ...ofService, to: `+1310555${1000 + index}` })
  )
  await clock.advance('10 min')

  const ends = sent.map(message => endOf(message).join(' '))
  const cut = ends.filter(end => end === 'undelivered 30022').length
  assert.equal(cut + ends.filter(end => end === 'delivered ').length, 300)
  assert.ok(cut > 100 && cut < 170, `${cut} of 300, where about half comes too fast`)
})

test('a campaign has so many segments a day, and new ones on the next', async () => {
  const { send, endOf, clock } = aWorld({
    ...pool('+16015550100'),
    throughput: 'realistic',
    campaigns: [{ service_sid: serviceSid, daily_segments: 2 }]
  })
  const today = Array.from({ length: 3 }, () => send(ofService))
  await clock.advance('1 day')
  const tomorrow = send(ofService)
  await clock.advance('1 min')

  assert.deepEqual(today.map(endOf), [
    ['delivered', null],
    ['delivered', null],
    ['undelivered', 30023]
  ])
  assert.deepEqual(endOf(tomorrow), ['delivered', null])
})

test('an account that sends more than two thousand messages in a second loses the rest', async () => {
  const { send, endOf, clock } = aWorld({ throughput: 'realistic' })
  const sent = Array.from({ length: 2005 }, () => send())
  await clock.advance('1 h')

  assert.deepEqual(endOf(sent.at(-1) ?? send()), ['failed', 63017])
  assert.equal(sent.filter(message => message.errorCode === 63017).length, 5)
})

test('a message that waits in line longer than it is valid fails', async () => {
  const { send, endOf, clock } = aWorld({ throughput: 'realistic' })
  const patient = Array.from({ length: 30 }, () => send())
  const hasty = send({ validityMs: 10_000 })
  await clock.advance('1 min')

  assert.deepEqual(endOf(hasty), ['failed', 30036])
  assert.ok(patient.every(({ status }) => status === 'delivered'))
})

test('a service whose numbers are full fails what it accepted', async () => {
  const { send, endOf, clock, world } = aWorld({ ...pool('+16015550100'), throughput: 'realistic' })
  send({ body: 'a'.repeat(1600) })
  const queue = world.carrier.queues.get('+16015550100')
  assert.ok(queue)
  queue.segments = 36_000
  const message = send(ofService)
  await clock.advance('1 s')

  assert.deepEqual(endOf(message), ['failed', 30001])
})

test('an account that is suspended sends nothing of what it had planned', async () => {
  const { world, send, endOf, clock } = aWorld(pool('+16015550100'))
  const scheduled = send({ ...ofService, status: 'scheduled' }, world.now() + 600_000)
  const queued = send()
  world.status = 'suspended'
  await clock.advance('1 h')

  assert.deepEqual(
    [endOf(scheduled), endOf(queued)],
    [
      ['failed', 30002],
      ['failed', 30002]
    ]
  )
})

test('a scheduled message whose service or numbers are gone fails when it is due', async () => {
  const spoil: [(lone: LoneWorld) => void, number][] = [
    [({ world }) => [...world.services.values()].forEach(one => world.removeService(one)), 21701],
    [({ world }) => [...world.numbers.values()].forEach(one => world.removeNumber(one)), 21704]
  ]
  for (const [happen, code] of spoil) {
    const lone = aWorld(pool('+16015550100'))
    const message = lone.send({ ...ofService, status: 'scheduled' }, lone.world.now() + 600_000)
    happen(lone)
    await lone.clock.advance('1 h')

    assert.deepEqual(lone.endOf(message), ['failed', code])
    assert.equal(lone.world.carrier.scheduled, 0)
  }
})

test('where carriers are as in life they filter shortened links, and drop what is too long', async () => {
  const { send, endOf, clock } = aWorld({ profile: 'realistic', throughput: 'unlimited' })
  const texts = (body: string) =>
    Array.from({ length: 200 }, (_, index) => send({ body, to: `+1310555${1000 + index}` }))
  const links = texts('Look at https://bit.ly/3abc')
  const long = texts('中'.repeat(700))
  const plain = texts('Your bus is late')
  await clock.advance('3 h')

  const share = (messages: typeof links, code: number | null) =>
    messages.filter(message => endOf(message)[1] === code).length / messages.length
  assert.ok(share(links, 30007) > 0.8 && share(links, 30007) < 0.97)
  assert.equal(share(long, 30019), 1)
  assert.ok(share(plain, null) > 0.92)
  assert.equal(share(plain, 30007), 0)
})

test('receipts come within seconds mostly, and within the hour always', async () => {
  const { send, clock, world } = aWorld({ profile: 'realistic', throughput: 'unlimited' })
  for (let index = 0; index < 2000; index++) send({ to: `+1310555${1000 + index}` })
  await clock.advance('2 h')

  const at = (status: string) =>
    new Map(
      world.journal
        .list({ match: { kind: 'message.status', status }, limit: 5000 })
        .map(entry => [entry['sid'], entry.at])
    )
  const accepted = at('sent')
  const waits = [...at('delivered')]
    .map(([sid, time]) => time - (accepted.get(sid) ?? 0))
    .toSorted((a, b) => a - b)
  const quantile = (share: number) => waits[Math.floor(share * waits.length)] ?? 0
  assert.ok(quantile(0.5) > 1500 && quantile(0.5) < 3500, `median ${quantile(0.5)}`)
  assert.ok(quantile(0.99) > 20_000, `99 of 100 ${quantile(0.99)}`)
  assert.ok(quantile(0.9999) <= 3_600_000)
})

test('a handset of character decides for itself, before its number and its line do', async () => {
  const { world, send, endOf, clock } = aWorld()
  world.handsets.give('+16015550123', { condition: 'blocked' })
  const blocked = send()
  await clock.advance('1 min')

  world.handsets.remove('+16015550123')
  const reached = send()
  await clock.advance('1 min')

  assert.deepEqual([blocked, reached].map(endOf), [
    ['undelivered', 30004],
    ['delivered', null]
  ])
})

test('everything that is pending is plain data', async () => {
  const { world, send, clock } = aWorld({
    ...pool('+16015550100', '+18005550100'),
    profile: 'realistic'
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ viaService: fc.boolean(), pause: fc.nat(2000) }), { maxLength: 20 }),
      async plan => {
        for (const { viaService, pause } of plan) {
          send(viaService ? ofService : {})
          await clock.advance(pause)
          const plans = world.agenda.list()
          assert.deepEqual(JSON.parse(JSON.stringify(plans)), plans)
        }
        for (const message of world.messages.newestFirst({})) {
          assert.deepEqual(JSON.parse(JSON.stringify(message)), message)
        }
      }
    ),
    { numRuns: 20, ...seeded }
  )
})

test('a world whose agenda is taken up again elsewhere goes on identically', async () => {
  const run = async (interrupted: boolean) => {
    const { world, send, endOf, clock } = aWorld({ ...pool('+16015550100'), profile: 'realistic' })
    for (let index = 0; index < 40; index++) send(ofService)
    await clock.advance('7 s')
    if (interrupted) {
      const plans: unknown = JSON.parse(JSON.stringify(world.agenda.list()))
      world.agenda.clear()
      assert.ok(Array.isArray(plans))
      world.agenda.restore(plans)
    }
    await clock.advance('3 h')
    return [...world.messages.newestFirst({})].map(message => [
      message.sid,
      message.dateUpdated,
      ...endOf(message)
    ])
  }

  assert.deepEqual(await run(true), await run(false))
})

test('no message leaves a final status, whatever happens around it', async () => {
  const happenings = [
    'send',
    'service',
    'schedule',
    'suspend',
    'activate',
    'stop',
    'outage',
    'back'
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...happenings), fc.constantFrom(0, 50, 1000, 60_000)), {
        maxLength: 40
      }),
      async history => {
        const lone = aWorld({ ...pool('+16015550100'), profile: 'realistic' })
        for (const [happening, pause] of history) {
          cause(lone, happening)
          await lone.clock.advance(pause)
        }
        cause(lone, 'back')
        await lone.clock.advance('13 h')

        const ended = new Set<unknown>()
        for (const { sid, status } of lone.world.journal
          .list({ match: { kind: 'message.status' }, limit: 10_000 })
          .map(entry => ({ sid: entry['sid'], status: String(entry['status']) }))) {
          assert.ok(!ended.has(sid), `${String(sid)} went on to ${status}`)
          if (['delivered', 'undelivered', 'failed', 'canceled'].includes(status)) ended.add(sid)
        }
        for (const { status } of lone.world.messages.newestFirst({})) {
          assert.ok(isTerminal(status) || status === 'sent', status)
        }
        assert.equal(lone.world.agenda.size, 0)
      }
    ),
    { numRuns: 60, ...seeded }
  )
})

function cause({ world, send }: LoneWorld, happening: string): void {
  const optOut = { handset: '+16015550123', sender: serviceSid, at: 0, keyword: 'STOP' }
  if (happening === 'send') send()
  if (happening === 'service') send(ofService)
  if (happening === 'schedule') send({ ...ofService, status: 'scheduled' }, world.now() + 400_000)
  if (happening === 'suspend') world.status = 'suspended'
  if (happening === 'activate') world.status = 'active'
  if (happening === 'stop') world.optOuts.add(optOut)
  if (happening === 'outage') addOutage(world, { effect: 'hold' })
  if (happening === 'back') for (const outage of world.carrier.outages) endOutage(world, outage)
}
