import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { MessageLog } from './message-log.ts'
import { openMessage, type MessageRecord } from './resources/message.ts'

function aMessage(log: MessageLog, to: string, from: string | null): MessageRecord {
  const seq = log.nextSeq()
  return {
    seq,
    sid: `SM${seq}`,
    direction: 'outbound-api',
    to,
    from,
    body: '',
    sentBody: null,
    isMms: false,
    numSegments: 1,
    status: 'queued',
    messagingServiceSid: null,
    statusCallback: null,
    validityMs: 0,
    privacy: openMessage,
    dateCreated: 0,
    dateUpdated: 0,
    dateSent: null,
    errorCode: null,
    media: [],
    isDeleted: false,
    requestId: null
  }
}

test('of those that have ended only the newest are kept', () => {
  const log = new MessageLog(3)
  const messages = Array.from({ length: 10 }, () => aMessage(log, '+1', '+2'))
  for (const message of messages) {
    log.add(message)
    log.noteDone(message)
  }

  const kept = [...log.newestFirst({})].map(({ seq }) => seq)

  assert.deepEqual(kept, [10, 9, 8])
  assert.deepEqual(
    [...log.newestFirst({ to: '+1' })].map(({ seq }) => seq),
    kept
  )
  assert.equal(log.find('SM1'), undefined)
})

test('what is under way is kept, and dropped when it ends', () => {
  const log = new MessageLog(3)
  const messages = Array.from({ length: 10 }, () => aMessage(log, '+1', '+2'))
  for (const message of messages) log.add(message)

  const before = log.size
  for (const message of messages) log.noteDone(message)

  assert.deepEqual([before, log.size], [10, 3])
})

test('lists agree with a plain array, whatever is added, removed and given a sender', () => {
  const numbers = fc.constantFrom('+1', '+2', '+3')
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        to: numbers,
        from: fc.option(numbers)
      })
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: fc.nat() }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('assign' as const), pick: fc.nat(), from: numbers })
    }
  )
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      numbers,
      numbers,
      fc.nat(250),
      (steps, to, from, before) => {
        const log = new MessageLog(1000)
        let plain: MessageRecord[] = []
        for (const done of steps) {
          if (done.kind === 'add') {
            const message = aMessage(log, done.to, done.from)
            log.add(message)
            plain.push(message)
            continue
          }
          const picked = plain[done.pick % Math.max(1, plain.length)]
          if (picked === undefined) continue
          if (done.kind === 'remove') {
            log.remove(picked)
            plain = plain.filter(other => other !== picked)
          } else if (picked.from === null) {
            log.assignSender(picked, done.from)
          }
        }

        const seqs = (filter: Parameters<MessageLog['newestFirst']>[0]) =>
          [...log.newestFirst(filter)].map(({ seq }) => seq)
        const newest = plain.toReversed()
        assert.deepEqual(
          seqs({}),
          newest.map(({ seq }) => seq)
        )
        assert.deepEqual(
          seqs({ to, from }),
          newest.filter(m => m.to === to && m.from === from).map(({ seq }) => seq)
        )
        assert.deepEqual(
          seqs({ from, before }),
          newest.filter(m => m.from === from && m.seq < before).map(({ seq }) => seq)
        )
      }
    )
  )
})
