import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { assess, type ConferenceFacts, type LegFacts } from './lifecycle.ts'

const leg = (fields: Partial<LegFacts> = {}): LegFacts => ({
  status: 'queued',
  answeredBy: null,
  hasJoined: false,
  hasLeft: false,
  ...fields
})
const here = leg({ status: 'in_progress', answeredBy: 'human', hasJoined: true })
const gone = leg({ status: 'completed', hasJoined: true, hasLeft: true })

const table: [what: string, facts: Partial<ConferenceFacts>, status: string][] = [
  ['nothing has happened', {}, 'queued'],
  ['the moderator rings', { moderator: leg({ status: 'ringing' }) }, 'calling_moderator'],
  [
    'somebody picked up, and nobody knows whether it is a person',
    { moderator: leg({ status: 'in_progress' }) },
    'calling_moderator'
  ],
  [
    'a person picked up',
    { moderator: leg({ status: 'in_progress', answeredBy: 'human' }) },
    'calling_participants'
  ],
  [
    'nobody can say who picked up',
    { moderator: leg({ status: 'in_progress', answeredBy: 'unknown' }) },
    'calling_participants'
  ],
  [
    'a machine picked up',
    { moderator: leg({ status: 'in_progress', answeredBy: 'machine_start' }) },
    'ending'
  ],
  [
    'the machine has been hung up on',
    {
      moderator: leg({ status: 'completed', answeredBy: 'machine_start' }),
      participants: [leg({ status: 'canceled' })]
    },
    'machine_detected'
  ],
  [
    'the moderator waits alone',
    { moderator: here, participants: [leg({ status: 'ringing' })], conference: 'open' },
    'calling_participants'
  ],
  [
    'a participant came, another rings',
    { moderator: here, participants: [here, leg({ status: 'ringing' })], conference: 'open' },
    'in_progress'
  ],
  [
    'the last participant left',
    { moderator: here, participants: [gone, leg({ status: 'busy' })], conference: 'open' },
    'ending'
  ],
  [
    'the moderator left, a participant is on the line',
    { moderator: gone, participants: [here], conference: 'over' },
    'ending'
  ],
  [
    'all left, and the provider has not ended the conference',
    { moderator: gone, participants: [gone], conference: 'open' },
    'ending'
  ],
  [
    'all talked and left',
    { moderator: gone, participants: [gone, leg({ status: 'busy' })], conference: 'over' },
    'completed'
  ],
  [
    'nobody of the participants could be reached',
    {
      moderator: gone,
      participants: [
        leg({ status: 'busy' }),
        leg({ status: 'no_answer' }),
        leg({ status: 'blocked' })
      ],
      conference: 'over'
    },
    'no_participants'
  ],
  [
    'the moderator left while somebody was called',
    { moderator: gone, participants: [leg({ status: 'canceled' })], conference: 'over' },
    'canceled'
  ],
  [
    'the moderator is busy',
    { moderator: leg({ status: 'busy' }), participants: [leg({ status: 'canceled' })] },
    'moderator_busy'
  ],
  [
    'the moderator does not pick up',
    { moderator: leg({ status: 'no_answer' }), participants: [leg({ status: 'canceled' })] },
    'moderator_no_answer'
  ],
  [
    'the moderator cannot be called',
    { moderator: leg({ status: 'failed' }), participants: [leg({ status: 'canceled' })] },
    'failed'
  ]
]

for (const [what, facts, status] of table) {
  test(`when ${what}, a conference call is ${status}`, () => {
    const whole: ConferenceFacts = {
      moderator: leg(),
      participants: [leg()],
      conference: 'absent',
      ...facts
    }

    assert.equal(assess(whole), status)
  })
}

test('a conference call is over exactly when every leg is and the provider has no open conference', () => {
  const seed = Number(process.env['TEST_SEED'] ?? 601_555)
  const legs = fc.record({
    status: fc.constantFrom(
      'queued',
      'calling',
      'ringing',
      'in_progress',
      'completed',
      'busy',
      'no_answer',
      'failed',
      'canceled',
      'blocked'
    ),
    answeredBy: fc.constantFrom(null, 'human', 'machine_start', 'fax', 'unknown'),
    hasJoined: fc.boolean(),
    hasLeft: fc.boolean()
  })
  const over = new Set(['completed', 'busy', 'no_answer', 'failed', 'canceled', 'blocked'])
  const open = new Set([
    'queued',
    'calling_moderator',
    'calling_participants',
    'in_progress',
    'ending'
  ])

  fc.assert(
    fc.property(
      fc.record({
        moderator: legs,
        participants: fc.array(legs, { minLength: 1, maxLength: 4 }),
        conference: fc.constantFrom('absent' as const, 'open' as const, 'over' as const)
      }),
      facts => {
        const isOver =
          [facts.moderator, ...facts.participants].every(({ status }) => over.has(status)) &&
          facts.conference !== 'open'
        assert.equal(!open.has(assess(facts)), isOver)
      }
    ),
    { seed, numRuns: 2_000 }
  )
})
