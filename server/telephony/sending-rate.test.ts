import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numberTypeOf, parseSendingRates, sendingRate, usualSendingRates } from './sending-rate.ts'

test('the kind of a number is read from its digits', () => {
  assert.deepEqual(['+16015550100', '+18445550100', '55555', '+18105550100'].map(numberTypeOf), [
    'long_code',
    'toll_free',
    'short_code',
    'long_code'
  ])
})

test('a number sends as fast as its kind, unless it was granted a rate of its own', () => {
  assert.equal(sendingRate(usualSendingRates, 'toll_free', null), 3)
  assert.equal(sendingRate(usualSendingRates, 'long_code', 75), 75)
  assert.equal(sendingRate(usualSendingRates, 'semaphore', null), 1)
})

test('rates that are configured count, and the others stay as they are', () => {
  assert.deepEqual(parseSendingRates('long_code=2.5'), {
    long_code: 2.5,
    toll_free: 3,
    short_code: 100
  })
})
