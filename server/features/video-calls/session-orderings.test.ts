import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import type { Person } from '../../../mock-zoom/testing/room.ts'
import type { Dialect } from '../../platform/database.ts'
import { build, onEachDatabase, startOfTest, type TestServer } from '../../testing/build.ts'
import { insertionsOf, orderingsOf } from '../../testing/orderings.ts'
import { createCall, createParticipant, readCall, roomOf } from '../../testing/video-calls.ts'
import { sendZoomEvent, sessionEvent, zoomTime } from '../../testing/zoom-events.ts'

/*
 * Whatever the order in which the events of a session arrive, and however often, they end in the same video call:
 * every order of the main scenario, then histories at random, with losses that the provider's lists make good.
 */

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 2 ** 31)

/** A call that somebody else holds, that one person is in for a while, and that is recorded. */
const scenario = [
  ['started', 0, {}],
  ['user_joined', 5, { id: '2', name: 'Ana Lima', user_key: 'ana' }],
  [
    'user_left',
    60,
    { id: '2', name: 'Ana Lima', user_key: 'ana', leave_reason: 'Network connection error.' }
  ],
  ['ended', 300, {}],
  ['recording_completed', 310, {}]
] as const
type Step = (typeof scenario)[number]

function eventOf(
  call: { session_name: string; shunkan_ido_session_key: string },
  [event, second, user]: Step
) {
  const at = startOfTest + second * 1_000
  const object = {
    start_time: zoomTime(startOfTest),
    ...(event === 'ended' && { end_time: zoomTime(at) }),
    ...(event === 'user_joined' && { user: { ...user, join_time: zoomTime(at) } }),
    ...(event === 'user_left' && { user: { ...user, leave_time: zoomTime(at) } }),
    ...(event === 'recording_completed' && {
      recording_files: [
        { id: 'file-1', file_type: 'M4A', download_url: 'http://127.0.0.1:9/file-1' }
      ]
    })
  }
  const sessionId = `${call.shunkan_ido_session_key}/+==`
  return sessionEvent(call, sessionId, event, object, at)
}

/** A call without what is its own or tells of our side alone. */
function essence(call: Record<string, unknown>): unknown {
  const own = ['id', 'session_name', 'shunkan_ido_session_key', 'created_at', 'updated_at']
  const omit = [
    ...own,
    'video_call_id',
    'provider_id',
    'host_token',
    'recording_url',
    'token_signature',
    'shunkan_ido_user_key'
  ]
  return JSON.parse(
    JSON.stringify(call, (name, value: unknown) => (omit.includes(name) ? undefined : value))
  )
}

/** The stories side by side: the first arrival of each, then the second. */
async function tell(server: TestServer, stories: readonly Step[][]): Promise<unknown[]> {
  const calls = await Promise.all(
    stories.map(async (_, place) => {
      const { body } = await createCall(server, { session_key: `story-${place}` })
      await createParticipant(server, { session_key: `story-${place}`, user_key: 'ana' })
      return body
    })
  )
  const longest = Math.max(...stories.map(story => story.length))
  for (let round = 0; round < longest; round++) {
    await Promise.all(
      stories.map(async (story, place) => {
        const step = story[round]
        if (!step) return
        const { status } = await sendZoomEvent(server, eventOf(calls[place], step))
        assert.equal(status, 200)
      })
    )
    await server.idle()
  }
  await server.advance('10m')
  return Promise.all(
    stories.map(async (_, place) => essence((await readCall(server, `story-${place}`)).body))
  )
}

/** Nobody asks the provider, which knows nothing of these sessions. */
const deaf = (t: TestContext, dialect: Dialect): Promise<TestServer> =>
  build(t, dialect, {
    environment: { VIDEO_CHECK_AFTER_MS: '864000000', ZOOM_BASE_URL: 'http://127.0.0.1:9' }
  })

onEachDatabase(dialect => {
  test('every order of the main scenario, and each event once more at every place, is the same call', async t => {
    const server = await deaf(t, dialect)
    const repeats = scenario.flatMap(step => [...insertionsOf([...scenario], step)])
    const orders = [...orderingsOf<Step>(scenario), ...repeats]
    // PostgreSQL gets a part of them, evenly spread.
    const stories = dialect === 'sqlite' ? orders : orders.filter((_, place) => place % 8 === 0)

    const results = await tell(server, stories)

    const expected = results.at(-1)
    for (const [place, result] of results.entries())
      assert.deepEqual(result, expected, JSON.stringify(stories[place]))
    const { video_call_participants, video_call_recordings, ...call } = Object(expected)
    assert.deepEqual(
      [call.internal_status, call.provider_status, call.start_time, call.end_time],
      ['ended', 'session.ended', '2026-11-23T12:00:00.000Z', '2026-11-23T12:05:00.000Z']
    )
    assert.deepEqual(
      [video_call_participants[1].joined_at, video_call_participants[1].left_at],
      ['2026-11-23T12:00:05.000Z', '2026-11-23T12:01:00.000Z']
    )
    assert.equal(video_call_recordings.length, 1)
    const ended = server.clientApp.events.filter(({ payload }) => payload['change'] === 'ended')
    assert.equal(ended.length, stories.length)
  })

  test('the events of a session that arrive all at once are the same call too', async t => {
    const server = await deaf(t, dialect)
    const { body: call } = await createCall(server, { session_key: 'k' })
    const { body: other } = await createCall(server, { session_key: 'l' })
    const events = scenario.flatMap(step => [step, step])

    await Promise.all(events.map(step => sendZoomEvent(server, eventOf(call, step))))
    await Promise.all(events.toReversed().map(step => sendZoomEvent(server, eventOf(other, step))))
    await server.advance('10m')

    assert.deepEqual(
      essence((await readCall(server, 'k')).body),
      essence((await readCall(server, 'l')).body)
    )
    assert.equal((await readCall(server, 'k')).body.internal_status, 'ended')
  })
})

/** What somebody does so many seconds after the one before: come, or go in one way or another, or record. */
interface Act {
  after: number
  who: number
  what: 'toggle' | 'disconnect' | 'record'
}

const act: fc.Arbitrary<Act> = fc.record({
  after: fc.integer({ min: 1, max: 15 }),
  who: fc.integer({ min: 0, max: 2 }),
  what: fc.constantFrom('toggle', 'toggle', 'disconnect', 'record')
})

/** How the events of a call go astray: which are lost, which come twice, and in what order all come. */
const disturbance = fc.record({
  lost: fc.integer({ min: 0, max: 0xffff }),
  repeated: fc.integer({ min: 0, max: 0xffff }),
  order: fc.infiniteStream(fc.nat())
})

const history = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 12 }),
  endsForAll: fc.boolean(),
  disturbance
})
type History = typeof history extends fc.Arbitrary<infer T> ? T : never

/** Who takes the webhooks of mock-zoom and hands them on: at once, or later and disturbed. */
async function aRelay(t: TestContext) {
  const kept = new Map<string, string[]>()
  let forward: (body: string) => Promise<unknown> = async () => undefined
  const app = createServer((request, answer) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(Buffer.from(chunk))
      const body = Buffer.concat(chunks).toString()
      const name: string = JSON.parse(body).payload.object.session_name
      if (name.startsWith('disturbed')) kept.set(name, [...(kept.get(name) ?? []), body])
      else await forward(body)
      answer.end()
    })()
  })
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise(resolve => app.close(resolve)))
  const address = app.address()
  if (address === null || typeof address === 'string') throw new Error('It has no port')
  return {
    kept,
    url: `http://127.0.0.1:${address.port}/`,
    forwardTo: (server: TestServer) => (forward = body => sendZoomEvent(server, body))
  }
}

/** The same people do the same in a room of this name. */
async function actors(server: TestServer, name: string) {
  const { body: call } = await createCall(server, { session_key: name, session_name: name })
  const guests = [
    await createParticipant(server, { session_key: name, user_key: 'ana' }),
    await createParticipant(server, { session_key: name, user_key: 'ben', is_host: true })
  ]
  const tokens = [call.host_token, ...guests.map(({ body }) => body.token_signature)]
  const room = roomOf(server, call)
  const inside = new Map<number, Person>()
  const isInside = (who: number): boolean => {
    const person = inside.get(who)
    return person !== undefined && person.user.leftAt === null && person.user.lostAt === null
  }
  return {
    play({ who, what }: Act) {
      const person = inside.get(who)
      const isThere = person !== undefined && isInside(who)
      const isEmpty = ![0, 1, 2].some(isInside)
      if (!isThere && (what === 'toggle' || isEmpty)) {
        const token = String(tokens[who])
        inside.set(who, room.join(`Person ${who}`, { token, sessionKey: name }))
      } else if (isThere && what === 'toggle') {
        person.leaves()
        inside.delete(who)
      } else if (isThere && what === 'disconnect') {
        person.disconnects()
        inside.delete(who)
      } else if (isThere && what === 'record') recordIfHost(person)
    },
    end(forAll: boolean) {
      for (const [who, person] of inside) {
        if (!isInside(who)) continue
        if (forAll && tryTo(() => person.endsForAll())) return
        person.leaves()
      }
    }
  }
}

/** Only the host may; who that is depends on who came first. */
const recordIfHost = (person: Person): void =>
  void (tryTo(() => person.startsRecording()) || tryTo(() => person.stopsRecording()))

function tryTo(work: () => unknown): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}

const disturbed = (
  bodies: readonly string[],
  { lost, repeated, order }: History['disturbance']
): string[] => {
  const arriving = bodies.flatMap((body, place) => {
    const bit = 1 << (place % 16)
    if ((lost & bit) !== 0) return []
    return (repeated & bit) !== 0 ? [body, body] : [body]
  })
  return arriving
    .map(body => ({ body, rank: Number(order.next().value) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ body }) => body)
}

onEachDatabase(dialect => {
  test('histories at random, their events lost, repeated and shuffled, end as if nothing had been', async t => {
    t.diagnostic(`TEST_SEED=${seed}`)
    const relay = await aRelay(t)
    const server = await build(t, dialect, {
      zoom: {
        subscriptions: [{ url: relay.url }],
        lost_connection_ms: 5_000,
        rate_limits: 'off'
      }
    })
    relay.forwardTo(server)
    let count = 0

    await fc.assert(
      fc.asyncProperty(fc.array(history, { minLength: 6, maxLength: 6 }), async histories => {
        const round = count++
        const pairs = await Promise.all(
          histories.map(async (each, place) => ({
            ...each,
            place,
            calm: await actors(server, `calm ${round} ${place}`),
            disturbed: await actors(server, `disturbed ${round} ${place}`)
          }))
        )
        const due = pairs
          .flatMap(({ acts, calm, disturbed: other, endsForAll }) => {
            let at = 0
            const steps = acts.map(each => ({
              at: (at += each.after),
              run: () => [calm, other].forEach(room => room.play(each))
            }))
            return [
              ...steps,
              { at: at + 1, run: () => [calm, other].forEach(room => room.end(endsForAll)) }
            ]
          })
          .toSorted((a, b) => a.at - b.at)
        let now = 0
        for (const { at, run } of due) {
          if (at > now) await server.clock.advance((at - now) * 1_000)
          now = at
          run()
        }
        await server.advance('30s')

        for (const { place, disturbance: how } of pairs) {
          const bodies = relay.kept.get(`disturbed ${round} ${place}`) ?? []
          for (const body of disturbed(bodies, how)) {
            await sendZoomEvent(server, body)
            if (how.lost % 2 === 0) await server.idle()
          }
        }
        await server.advance('3h')

        for (const { place, acts, endsForAll } of pairs) {
          const [calm, other] = await Promise.all(
            [`calm ${round} ${place}`, `disturbed ${round} ${place}`].map(async key =>
              summary((await readCall(server, key)).body)
            )
          )
          assert.deepEqual(other, calm, JSON.stringify({ acts, endsForAll }))
          assert.match(JSON.stringify(calm), /"ended"/)
        }
      }),
      { seed, numRuns: dialect === 'sqlite' ? 3 : 1, endOnFailure: true }
    )
  })
})

/** What both twins must agree on: whatever the provider's ids are. */
function summary(call: Record<string, unknown>): unknown {
  const { video_call_recordings, ...rest } = Object(essence(call))
  return {
    ...rest,
    recordings: video_call_recordings
      .map((each: Record<string, unknown>) =>
        [
          each['file_type'],
          each['recording_start'],
          each['recording_end'],
          each['internal_status']
        ].join(' ')
      )
      .toSorted(),
    participants: rest.video_call_participants
  }
}
