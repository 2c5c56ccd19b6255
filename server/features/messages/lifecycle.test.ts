import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import {
  isMessageStatus,
  isTerminal,
  meaningOf,
  type MessageStatus,
  move,
  progress
} from './lifecycle.ts'

const statuses = Object.keys(progress).filter(isMessageStatus)
const anyStatus = fc.constantFrom(...statuses)
const anyWord = fc.constantFrom(
  'accepted',
  'scheduled',
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'undelivered',
  'failed',
  'canceled'
)

/** What a message goes through when it hears these words, and what its client is told. */
function live(
  start: MessageStatus,
  words: readonly string[]
): { path: MessageStatus[]; told: MessageStatus[] } {
  const path = [start]
  const told: MessageStatus[] = []
  for (const word of words) {
    const status = meaningOf(word)
    const step = status && move(path.at(-1) ?? start, status)
    if (!step) continue
    path.push(step.to)
    if (step.told) told.push(step.to)
  }
  return { path, told }
}

describe('the provider says', () => {
  const meanings: [word: string, meaning: MessageStatus | undefined][] = [
    ['accepted', 'sending'],
    ['scheduled', 'sending'],
    ['queued', 'sending'],
    ['sending', 'sending'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'delivered'],
    ['undelivered', 'undelivered'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['teleported', undefined],
    ['', undefined],
    ['constructor', undefined]
  ]
  for (const [word, meaning] of meanings) {
    test(`"${word}", which means ${meaning ?? 'nothing to us'}`, () => {
      assert.equal(meaningOf(word), meaning)
    })
  }
})

describe('a message', () => {
  const moves: [from: MessageStatus, to: MessageStatus, told: boolean | undefined][] = [
    ['accepted', 'queued', false],
    ['scheduled', 'sending', false],
    ['queued', 'sending', false],
    ['queued', 'delivered', true],
    ['scheduled', 'canceled', true],
    ['scheduled', 'blocked', true],
    ['accepted', 'landline', true],
    ['accepted', 'lookup_failed', true],
    ['sending', 'sent', true],
    ['sending', 'failed', true],
    ['sent', 'delivered', true],
    ['sent', 'undelivered', true],
    ['sent', 'sending', undefined],
    ['sent', 'sent', undefined],
    ['delivered', 'sent', undefined],
    ['delivered', 'undelivered', undefined],
    ['undelivered', 'delivered', undefined],
    ['canceled', 'sending', undefined],
    ['blocked', 'sent', undefined]
  ]
  for (const [from, to, told] of moves) {
    const outcome = {
      true: 'moves and its client hears of it',
      false: 'moves in silence',
      undefined: 'stays'
    }[String(told)]
    test(`that is ${from} and hears ${to} ${outcome}`, () => {
      assert.deepEqual(move(from, to), told === undefined ? undefined : { from, to, told })
    })
  }

  test('that has ended stays so, whatever comes', () => {
    for (const from of statuses.filter(isTerminal))
      for (const to of statuses) assert.equal(move(from, to), undefined)
  })
})

describe('whatever is reported, in any order and however often', () => {
  test('a message never moves backwards', () => {
    fc.assert(
      fc.property(anyStatus, fc.array(anyWord), (start, words) => {
        const { path } = live(start, words)

        const steps = path.map(status => progress[status])
        assert.ok(
          steps.every((step, place) => place === 0 || step > (steps[place - 1] ?? 0)),
          path.join(' → ')
        )
      })
    )
  })

  test('a client hears of no status twice, and of one ending at most', () => {
    fc.assert(
      fc.property(anyStatus, fc.array(anyWord), (start, words) => {
        const { told } = live(start, words)

        assert.equal(new Set(told).size, told.length)
        assert.ok(told.filter(isTerminal).length <= 1)
      })
    )
  })

  test("one history, shuffled and repeated, ends in that history's last status", () => {
    const history = fc.constantFrom<string[][]>(
      ['queued', 'sending', 'sent', 'delivered'],
      ['accepted', 'queued', 'sent', 'undelivered'],
      ['queued', 'sending', 'sent', 'delivered', 'read'],
      ['accepted', 'failed'],
      ['queued', 'sending', 'sent']
    )
    const told = history.chain(words =>
      fc
        .tuple(fc.constant(words), fc.array(fc.constantFrom(...words)))
        .chain(([all, more]) =>
          fc.tuple(
            fc.constant(words),
            fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length })
          )
        )
    )
    fc.assert(
      fc.property(told, ([words, heard]) => {
        const { path } = live('sending', heard)

        assert.equal(path.at(-1), meaningOf(words.at(-1) ?? ''))
      })
    )
  })
})
