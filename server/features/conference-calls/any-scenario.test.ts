import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallHabits } from '../../../mock-twilio/carrier/persona.ts'
import { Random } from '../../../simulator/random.ts'
import { build, firstNumber, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { assertNobodyIsOnTheLine, callsAtProvider, person } from '../../testing/calls.ts'

const over = /^(completed|busy|no_answer|failed|canceled|blocked)$/
const overConference =
  /^(completed|moderator_busy|moderator_no_answer|machine_detected|no_participants|canceled|failed)$/

/** What somebody does, as chance has it. */
function anybody(random: Random): CallHabits {
  const ways = [
    'person',
    'person',
    'person',
    'machine',
    'fax',
    'busy',
    'nobody',
    'declines'
  ] as const
  return {
    answers: ways[random.between(0, ways.length - 1)] ?? 'person',
    after: random.between(500, 40_000),
    hangs_up_after: random.between(1_000, 300_000)
  }
}

/** What goes wrong on the way, for a while. */
function trouble({ mock }: TestServer, random: Random): () => void {
  const { faults } = mock.world()
  const ids: string[] = []
  const add = (fault: Parameters<typeof faults.add>[0]): void => {
    ids.push(faults.add(fault).id)
  }
  if (random.chance(0.5))
    add({ effect: { type: 'callback', fault: 'drop' }, probability: random.fraction() })
  for (const operation of [
    'create-call',
    'create-participant',
    'update-call',
    'update-conference',
    'update-participant',
    'list-conferences'
  ]) {
    if (random.chance(0.3))
      add({
        match: { operation },
        count: random.between(1, 3),
        effect: random.chance(0.5)
          ? { type: 'http', status: random.chance(0.5) ? 503 : 429 }
          : { type: 'connection', fault: random.chance(0.5) ? 'answer_lost' : 'reset' }
      })
  }
  return () => {
    for (const id of ids) faults.remove(id)
  }
}

onEachDatabase(dialect => {
  const scenarios = dialect === 'sqlite' ? 12 : 3

  test(`whatever people do and whatever goes wrong, in ${scenarios} random scenarios: nobody stays on the line, everything is final, nobody is called twice`, async t => {
    const seed = process.env['TEST_SEED'] ?? String(Date.now())
    t.diagnostic(`seed ${seed}: TEST_SEED=${seed} repeats the scenarios`)
    const random = new Random(`any-scenario/${seed}`)
    const server = await build(t, dialect)
    for (let scenario = 0; scenario < scenarios; scenario++) {
      const people = Array.from(
        { length: random.between(2, 5) },
        (_, place) => `+1601557${String(scenario * 10 + place).padStart(4, '0')}`
      )
      for (const number of people) person(server, number, anybody(random))
      const [moderator, ...participants] = people
      const endTrouble = trouble(server, random)

      const { body } = await server.request('POST', '/conference_calls', {
        body: {
          twilio_number: firstNumber,
          moderator_number: moderator,
          participant_numbers: participants,
          client_conversation_id: `class-${scenario}`,
          welcome_message: 'Welcome.'
        }
      })
      await server.advance('45 min')
      endTrouble()
      await server.advance('45 min')

      const { body: conference } = await server.request(
        'GET',
        `/conference_calls/${body.conference_call.uuid}`
      )
      const about = `scenario ${scenario}: ${JSON.stringify(conference)}`
      assert.match(conference.internal_status, overConference, about)
      for (const leg of conference.participants) assert.match(leg.internal_status, over, about)
      const { body: call } = await server.request('GET', `/calls/${body.uuid}`)
      assert.match(call.internal_status, over, about)
      assertNobodyIsOnTheLine(server)
      for (const number of people) {
        const calls = callsAtProvider(server).filter(({ to }) => to === number)
        assert.ok(calls.length <= 1, `${number} was called ${calls.length} times; ${about}`)
      }
    }
  })
})
