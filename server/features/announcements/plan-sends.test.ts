import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { planSend, type Sender } from './plan-sends.ts'

const seeded =
  process.env['TEST_SEED'] === undefined ? {} : { seed: Number(process.env['TEST_SEED']) }

const aSender = (number: string, rate: number, nextSlotAt = 0): Sender => ({
  number,
  rate,
  nextSlotAt
})

test('texts of one number stand as far apart as its rate and their segments ask', () => {
  const senders = [aSender('+16015550100', 2)]

  const due = [1, 3, 1].map(segments => planSend(senders, segments, 1_000, undefined).dueAt)

  assert.deepEqual(due, [1_000, 1_500, 3_000])
})

test('who knows a number hears it again, however long its line is', () => {
  const senders = [aSender('+16015550100', 1, 900_000), aSender('+16015550101', 1)]

  assert.equal(planSend(senders, 1, 0, '+16015550100').dueAt, 900_000)
  assert.equal(planSend(senders, 1, 0, undefined).sender.number, '+16015550101')
  assert.equal(planSend(senders, 1, 0, '+16015550999').sender.number, '+16015550101')
})

test('no number is planned above its rate in any second, and none stands idle while another has a line', () => {
  const rate = fc.constantFrom(0.5, 1, 3, 10, 100, 2_500)
  fc.assert(
    fc.property(
      fc.array(rate, { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 300 }),
      (rates, texts) => {
        const senders = rates.map((each, place) => aSender(`+1601555010${place}`, each))
        const sends = texts.map(segments => ({
          segments,
          ...planSend(senders, segments, 0, undefined)
        }))

        for (const sender of senders) {
          const own = sends.filter(send => send.sender === sender)
          let work = 0
          for (const { dueAt, segments } of own) {
            // Everything before it has had its time, and it did not wait longer than that.
            assert.ok(Math.abs(dueAt - work) < 1.001, `${dueAt} for ${work}`)
            work += (segments * 1_000) / sender.rate
          }
        }
        const ends = senders.map(({ nextSlotAt }) => nextSlotAt)
        const longest = Math.max(...senders.map(sender => (4 * 1_000) / sender.rate))
        const last = Math.max(...sends.map(({ dueAt }) => dueAt))
        assert.ok(last <= Math.min(...ends) + longest, 'a number stood idle')
      }
    ),
    seeded
  )
})
