import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { firstNumber, until } from '../../server/testing/build.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import {
  call,
  type Outside,
  type Process,
  registerClientApp,
  startOutside,
  startServer
} from './processes.ts'

const conferences = 6

const family = (conference: number, place: number): string =>
  `+1601557${String(conference * 10 + place).padStart(4, '0')}`

test(`a server killed in the middle of ${conferences} conferences, and again while it takes their recordings over, brings each to its true end`, async t => {
  const outside = await startOutside(t, { clock: new VirtualClock({ mode: 'rate', rate: 10 }) })
  const environment = await anEnvironment(t)
  const { handsets } = outside.mock.world()
  for (let place = 0; place < conferences; place++) {
    const talks = { answers: 'person', after: '3 s' } as const
    handsets.changeCalls(family(place, 0), { ...talks, hangs_up_after: '80 s' })
    handsets.changeCalls(family(place, 1), { ...talks, hangs_up_after: '60 s' })
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
  await until(
    'everybody to talk',
    async () =>
      (await statesOf(outside, uuids)).every(state => state.internal_status === 'in_progress'),
    20_000
  )
  await server.kill('SIGKILL')
  server = await startServer(t, outside, environment)
  await until('everybody to have hung up', () => openCalls(outside).length === 0, 30_000)
  await server.kill('SIGKILL')
  server = await startServer(t, outside, environment)

  const states = await everyEnd(outside, server, uuids)
  for (const { internal_status: status, participants } of states) {
    assert.equal(status, 'completed')
    assert.deepEqual(
      participants.map(leg => leg.internal_status),
      ['completed', 'busy']
    )
  }
  const { calls } = outside.mock.world()
  const placed = [...calls.all()].filter(({ direction }) => direction === 'outbound-api')
  const twice = [...Map.groupBy(placed, ({ to }) => to)].filter(([, theirs]) => theirs.length > 1)
  assert.deepEqual(
    twice.map(([to]) => to),
    [],
    'nobody is called twice'
  )
  for (const { recording_url } of states) {
    const audio = await fetch(recording_url)
    assert.equal(audio.status, 200)
    assert.ok((await audio.arrayBuffer()).byteLength > 1_000)
  }
})

interface State {
  uuid: string
  internal_status: string
  recording_url: string
  participants: { internal_status: string }[]
}

/** The legs that are up at the provider. */
const openCalls = ({ mock }: Outside) =>
  [...mock.world().calls.all()].filter(({ status }) => /queued|ringing|in-progress/.test(status))

async function statesOf(outside: Outside, uuids: readonly string[]): Promise<State[]> {
  const answers = await Promise.all(
    uuids.map(uuid => call(outside, 'GET', `/conference_calls/${uuid}`))
  )
  return answers.map(({ body }) => body as unknown as State)
}

/** Every conference call over, and every conversation's recording in storage. */
async function everyEnd(
  outside: Outside,
  server: Process,
  uuids: readonly string[]
): Promise<State[]> {
  let states: State[] = []
  const look = async (): Promise<boolean> => {
    states = await statesOf(outside, uuids)
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
