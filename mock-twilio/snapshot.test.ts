import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { lineOf } from '../simulator/journal.ts'
import type { MockTwilio } from './app.ts'
import { developmentAccount } from './development-account.ts'
import type { WorldSnapshot } from './snapshot-format.ts'
import { aMockOfStories, askOf, aSeed, aStep, startOfStory, type Step } from './testing/story.ts'

const account = `/2010-04-01/Accounts/${developmentAccount.accountSid}`
const seed = Number(process.env['TEST_SEED'] ?? 601_555)

const views = [
  `${account}.json`,
  `${account}/Messages.json?PageSize=1000`,
  `${account}/IncomingPhoneNumbers.json`,
  `${account}/SMS/ShortCodes.json`,
  `${account}/Keys.json`,
  `${account}/Applications.json`,
  '/messaging/v1/Services',
  `/messaging/v1/Services/${developmentAccount.messagingServiceSid}/PhoneNumbers`,
  `/messaging/v1/Services/${developmentAccount.messagingServiceSid}/AlphaSenders`,
  `/messaging/v1/Services/${developmentAccount.messagingServiceSid}/Compliance/Usa2p`,
  '/messaging/v1/a2p/BrandRegistrations',
  '/messaging/v1/Tollfree/Verifications',
  '/trusthub/v1/CustomerProfiles',
  '/trusthub/v1/EndUsers',
  '/monitor/v1/Alerts?PageSize=1000',
  '/_mock/handsets',
  '/_mock/opt-outs',
  '/_mock/queues',
  '/_mock/outages',
  '/_mock/faults',
  '/_mock/alerts'
]

test('a story that is written down in its middle goes on elsewhere as it goes on here', async () => {
  const story = fc.record({
    origin: aSeed,
    before: fc.array(aStep, { minLength: 5, maxLength: 40 }),
    after: fc.array(aStep, { minLength: 1, maxLength: 15 }),
    setsClock: fc.boolean(),
    start: fc.constantFrom(startOfStory, 0, startOfStory + 86_400_000_000)
  })
  await fc.assert(
    fc.asyncProperty(story, async ({ origin, before, after, setsClock, start }) => {
      const here = await aMockOfStories(origin)
      const there = await aMockOfStories(origin, { start, chance: 'of another kind' })
      try {
        await tell(here, before)
        const written = JSON.stringify(await here.save())

        await there.restore(JSON.parse(written), { setsClock })

        const from = here.world().journal.lastSeq
        assert.equal(there.world().journal.lastSeq, from)
        assert.deepEqual(stateOf(there, from), JSON.parse(written).state, 'taken up whole')
        for (const mock of [here, there]) {
          await tell(mock, after)
          await mock.clock.advance('30 h')
        }
        assert.equal(linesOf(there, from), linesOf(here, from))
        assert.deepEqual(await viewsOf(there), await viewsOf(here))
        assert.deepEqual(stateOf(there, from), stateOf(here, from))
        if (setsClock) assert.equal(there.clock.now(), here.clock.now())
      } finally {
        await Promise.all([here.close(), there.close()])
      }
    }),
    { seed, numRuns: Number(process.env['TEST_RUNS'] ?? 25), endOnFailure: true }
  )
})

async function tell(mock: MockTwilio, steps: readonly Step[]): Promise<void> {
  for (const { take } of steps) await take(mock)
}

/** As a file would have it, without what tells the copy from the original: its clock, and that it is one. */
function stateOf(mock: MockTwilio, marker: number): WorldSnapshot['state'] {
  const state: WorldSnapshot['state'] = JSON.parse(JSON.stringify(mock.world().save()))
  const entries = state.journal.entries.filter(({ seq }) => seq !== marker)
  const isAtMarker = state.journal.seq === marker
  return {
    ...state,
    clockOffsetMs: 0,
    journal: { ...state.journal, entries, seq: isAtMarker ? marker - 1 : state.journal.seq }
  }
}

function linesOf(mock: MockTwilio, after: number): string {
  const { journal } = mock.world()
  return journal.list({ after, limit: 1_000_000 }).map(lineOf).join('')
}

async function viewsOf(mock: MockTwilio): Promise<unknown> {
  const answers: unknown[] = []
  for (const url of views) answers.push([url, await askOf(mock, 'GET', url)])
  return answers
}
