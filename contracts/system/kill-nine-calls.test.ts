import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { firstNumber, until } from '../../server/testing/build.ts'
import { Random } from '../../simulator/random.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import {
  call,
  type Outside,
  type Process,
  registerClientApp,
  startOutside,
  startServer
} from './processes.ts'

const conferences = 10
const kills = 4

const family = (conference: number, place: number): string =>
  `+1601557${String(conference * 10 + place).padStart(4, '0')}`

test(`a server killed ${kills} times in the middle of ${conferences} conferences and their recordings brings each to its true end`, async t => {
  const seed = process.env['TEST_SEED'] ?? String(Date.now())
  t.diagnostic(`seed ${seed}: TEST_SEED=${seed} repeats the moments`)
  const random = new Random(`kill-nine-calls/${seed}`)
  // The outside lives faster than the server, so that a call of minutes takes seconds.
  const outside = await startOutside(t, { clock: new VirtualClock({ mode: 'rate', rate: 12 }) })
  const environment = await anEnvironment(t)
  const { handsets } = outside.mock.world()
  for (let place = 0; place < conferences; place++) {
    const talks = { answers: 'person', after: '3 s' } as const
    handsets.changeCalls(family(place, 0), { ...talks, hangs_up_after: '40 s' })
    handsets.changeCalls(family(place, 1), { ...talks, hangs_up_after: '25 s' })
    handsets.changeCalls(family(place, 2), { answers: 'declines', after: '3 s' })
  }
  let server = await startServer(t, outside, environment)
  await registerClientApp(outside)

  const uuids: string[] = []
  for (let place = 0; place < conferences; place++) {
    const { status, body } = await call(outside, 'POST', '/conference_calls', {
      twilio_number: firstNumber,
      moderator_number: family(place, 0),
      participant_numbers: [family(place, 1), family(place, 2)],
      client_conversation_id: `class-${place}`
    })
    assert.equal(status, 201, JSON.stringify(body))
    const { conference_call: conference } = body
    uuids.push(String(Object(conference).uuid))
  }
  for (let kill = 0; kill < kills; kill++) {
    await new Promise(resolve => setTimeout(resolve, random.between(200, 1_500)))
    await server.kill('SIGKILL')
    server = await startServer(t, outside, environment)
  }

  const states = await everyEnd(outside, server, uuids)
  for (const state of states) {
    const truth = truthOf(outside, state)
    assert.ok(truth.includes(state.internal_status), `${state.internal_status}, not ${truth}`)
    assert.ok(state.participants.every(leg => isOver(leg.internal_status)))
  }
  const { calls } = outside.mock.world()
  const placed = [...calls.all()].filter(({ direction }) => direction === 'outbound-api')
  const twice = [...Map.groupBy(placed, ({ to }) => to)].filter(([, theirs]) => theirs.length > 1)
  assert.deepEqual(
    twice.map(([to]) => to),
    [],
    'nobody is called twice'
  )
  assert.deepEqual(
    placed.filter(({ status }) => !/completed|busy|no-answer|failed|canceled/.test(status)),
    [],
    'nobody is on the line'
  )
  const recorded = states.filter(({ internal_status }) => internal_status === 'completed')
  for (const { recording_url } of recorded) {
    const audio = await fetch(recording_url)
    assert.equal(audio.status, 200)
    assert.ok((await audio.arrayBuffer()).byteLength > 1_000)
  }
  t.diagnostic(`${recorded.length} of ${conferences} talked, and each recording is whole`)
})

interface State {
  uuid: string
  internal_status: string
  recording_url: string
  moderator_number: string
  participant_numbers: string[]
  participants: { internal_status: string }[]
}

const isOver = (status: string): boolean =>
  /^(completed|busy|no_answer|failed|canceled|blocked)$/.test(status)

/** What may have become of a conference, by what the provider saw of its legs. */
function truthOf({ mock }: Outside, { participant_numbers, moderator_number }: State): string[] {
  const all = [...mock.world().calls.all()]
  const legOf = (number: string) => all.find(({ to }) => to === number)
  const moderator = legOf(moderator_number)
  if (moderator?.status !== 'completed')
    return ['moderator_no_answer', 'moderator_busy', 'failed', 'canceled']
  const hasAnybodyCome = participant_numbers.some(number => legOf(number)?.status === 'completed')
  return hasAnybodyCome ? ['completed'] : ['canceled', 'no_participants']
}

/** Every conference call over, and every conversation's recording in storage. */
async function everyEnd(
  outside: Outside,
  server: Process,
  uuids: readonly string[]
): Promise<State[]> {
  let states: State[] = []
  const look = async (): Promise<boolean> => {
    const answers = await Promise.all(
      uuids.map(uuid => call(outside, 'GET', `/conference_calls/${uuid}`))
    )
    states = answers.map(({ body }) => body as unknown as State)
    return states.every(
      ({ internal_status: status, recording_url }) =>
        !/^(queued|calling_|in_progress|ending)/.test(status) &&
        (status !== 'completed' || recording_url !== '')
    )
  }
  await until('every conference call to be over and recorded', look, 45_000).catch(
    (cause: unknown) => {
      throw new Error(
        `${JSON.stringify(states.map(({ internal_status, recording_url }) => [internal_status, recording_url !== '']))}\n${server.output()}`,
        { cause }
      )
    }
  )
  return states
}

async function anEnvironment(t: TestContext): Promise<Record<string, string>> {
  const directory = await mkdtemp(join(tmpdir(), 'kill-nine-calls-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return {
    DATABASE_URL: `sqlite:${join(directory, 'server.sqlite')}`,
    STORAGE_URL: `file:${join(directory, 'recordings')}`,
    LEASE_MS: '2000',
    RECONCILE_AFTER_MS: '1000',
    CALL_CHECK_AFTER_MS: '1000',
    CLIENT_EVENT_RETRY_SCHEDULE: '500ms,1s,1s,2s,2s,5s',
    SHUTDOWN_GRACE_MS: '3000'
  }
}
