import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fullPage, measure, summaryPage, tally } from './compatibility.ts'
import type { ProcessEvidence } from './evidence.ts'

const createMessage = 'api POST /2010-04-01/Accounts/{AccountSid}/Messages.json'

function anEvidence(fields: Partial<ProcessEvidence> = {}): ProcessEvidence {
  return {
    suite: 'mock-twilio/app.test.ts',
    passed: true,
    answers: {
      [createMessage]: {
        statuses: [201],
        parameters: ['Body', 'MaxPrice', 'Nonsense'],
        reads: ['Body', 'To'],
        refusals: ['400 21604', '400 99999']
      }
    },
    callbacks: { 'status of a message': ['MessageSid', 'AccountSid'] },
    messageErrors: [],
    alerts: [],
    ...fields
  }
}

test('a parameter counts when it was sent with success and looked at', () => {
  const { operations } = measure([anEvidence()])

  const message = operations.find(({ id }) => id === 'CreateMessage')
  assert.deepEqual(message?.exercised, ['Body'])
  assert.deepEqual(message.untried, ['To'])
  assert.ok(message.ignored.includes('MaxPrice'))
  assert.deepEqual([message.statuses, message.refusals], [['201'], ['400 21604']])
})

test('only suites of the mock speak for it, and none that tries at random', () => {
  const own = anEvidence({ answers: {} })
  const others = [
    'server/app.test.ts',
    'contracts/twilio/fuzz.test.ts',
    'contracts/twilio/models/a.test.ts'
  ].map(suite => anEvidence({ suite }))

  const covered = tally(measure([own, ...others])).map(({ operations }) => operations[0])

  assert.deepEqual(new Set(covered), new Set([0]))
  assert.throws(() => measure(others), /no evidence/)
})

test('a suite that failed proves nothing', () => {
  assert.throws(
    () => measure([anEvidence(), anEvidence({ passed: false })]),
    /failed prove nothing: mock-twilio\/app.test.ts/
  )
})

test('the same evidence, in whatever order, gives the same pages', () => {
  const one = anEvidence()
  const other = anEvidence({
    suite: 'contracts/twilio/twilio-sdk.test.ts',
    answers: {
      [createMessage]: { statuses: [201], parameters: ['To'], reads: ['To'], refusals: [] }
    }
  })
  const pagesOf = (evidence: ProcessEvidence[]) => {
    const compatibility = measure(evidence)
    return summaryPage(compatibility) + fullPage(compatibility)
  }

  assert.equal(pagesOf([one, other]), pagesOf([other, one, other]))
  assert.match(pagesOf([one]), /\| status of a message \| `AccountSid` `MessageSid` \|/)
})
