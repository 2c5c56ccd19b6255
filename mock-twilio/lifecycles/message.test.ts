import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import {
  isTerminal,
  lifecycle,
  move,
  nextStatus,
  type MessageEvent,
  type MessageStatus
} from './message.ts'

const events: MessageEvent[] = [
  'senderChosen',
  'refused',
  'expired',
  'dispatched',
  'carrierAccepted',
  'receiptPositive',
  'receiptNegative',
  'takenBack',
  'arrived'
]
const statuses = Object.keys(lifecycle).filter((key): key is MessageStatus => key in lifecycle)

test('a message of a number is queued, sending, sent and delivered', () => {
  const path: MessageEvent[] = ['dispatched', 'carrierAccepted', 'receiptPositive']

  const walked = path.map((event, index) =>
    nextStatus((['queued', 'sending', 'sent'] as const)[index] ?? 'queued', event)
  )

  assert.deepEqual(walked, ['sending', 'sent', 'delivered'])
})

test('an impossible move throws and changes nothing', () => {
  const message = { status: 'delivered' as MessageStatus, dateUpdated: 1 }

  assert.throws(() => move(message, 'dispatched', 2), /delivered cannot be dispatched/)
  assert.deepEqual(message, { status: 'delivered', dateUpdated: 1 })
})

test('the first status of a message is never told', () => {
  const told = statuses.flatMap(status =>
    events.flatMap(event => {
      try {
        return [move({ status, dateUpdated: 0 }, event, 1)].filter(({ isTold }) => isTold)
      } catch {
        return []
      }
    })
  )

  const names = new Set(told.map(({ to }) => to))
  assert.deepEqual([...names].toSorted(), [
    'canceled',
    'delivered',
    'failed',
    'queued',
    'sent',
    'undelivered'
  ])
})

test('no history leaves a final status', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...statuses),
      fc.array(fc.constantFrom(...events), { maxLength: 30 }),
      (first, history) => {
        const message = { status: first, dateUpdated: 0 }
        let end: MessageStatus | undefined = isTerminal(first) ? first : undefined
        for (const [at, event] of history.entries()) {
          try {
            move(message, event, at)
          } catch {
            continue
          }
          assert.equal(end, undefined, `${end} was left by ${event}`)
          if (isTerminal(message.status)) end = message.status
        }
      }
    )
  )
})
