import assert from 'node:assert/strict'
import { request } from 'undici'
import type { Json, Stage } from './stage.ts'

const sessionKey = 'parent-evening-4b'
const statusUpdate = 'video_calls.video_call.status_update'

/** A video call from its creation to a recording that can be watched; its length runs out while people talk. */
export async function video(stage: Stage): Promise<void> {
  // Time moves only when the story moves it, so that every run prints the same.
  await stage.mock('POST', '/clock', { set: '2026-11-23T18:00:00Z', mode: 'frozen' })
  const { call, guests } = await aCallIsCreated(stage)
  await everybodyJoins(stage, call, guests)
  await itIsRecorded(stage, call)
  await oneDropsOutAndReturns(stage, call, guests)
  await itsLengthRunsOut(stage, call)
  await theRecordingsAreReady(stage)
}

interface Created {
  call: Json
  guests: Json[]
}

async function aCallIsCreated(stage: Stage): Promise<Created> {
  const call = await stage.api('POST', '/video_calls', {
    body: {
      video_call: {
        client_conversation_id: 'class-4b',
        host_username: 'Ms. Ortega',
        session_name: 'Parent evening 4b',
        session_key: sessionKey,
        maximum_call_length: 30
      }
    },
    expect: 201
  })
  assert.equal(call.internal_status, 'created')
  await stage.line('school', `creates the call "${call.session_name}" for 30 minutes at most`)
  const guests = []
  for (const username of ['Ana Lima', 'Ben Ito']) {
    const guest = await stage.api('POST', '/video_call_participants', {
      body: { participant: { session_key: sessionKey, username } },
      expect: 201
    })
    assert.equal(guest.video_call_id, call.id)
    guests.push(guest)
  }
  await stage.line('server', 'has signed three tokens: one host, two guests')
  return { call, guests }
}

async function everybodyJoins(stage: Stage, call: Json, guests: readonly Json[]): Promise<void> {
  await join(stage, call, 'Ms. Ortega', call.host_token)
  const started = await change(stage, 'started')
  assert.equal(started.start_time, '2026-11-23T18:00:00.000Z')
  await change(stage, 'participant_joined')
  await stage.line('Ms. Ortega', 'joins as the host, and the call has started')
  for (const guest of guests) {
    await stage.advance('20 s')
    await join(stage, call, guest.username, guest.token_signature)
    const event = await change(stage, 'participant_joined')
    assert.deepEqual(present(event).includes(guest.username), true)
    await stage.line(guest.username, 'joins')
  }
}

async function itIsRecorded(stage: Stage, call: Json): Promise<void> {
  await stage.zoom('POST', `${roomOf(call)}/record`, { action: 'start' })
  await stage.advance('1 s')
  const { sessions } = await stage.zoom('GET', roomOf(call))
  assert.equal(sessions.at(-1).recording, 'recording')
  await stage.line('Ms. Ortega', 'starts the recording')
}

async function oneDropsOutAndReturns(
  stage: Stage,
  call: Json,
  [, ben]: readonly Json[]
): Promise<void> {
  await stage.advance('10 m')
  await stage.zoom('POST', `${roomOf(call)}/leave`, { user: ben.username, abruptly: true })
  await stage.line(ben.username, 'loses the connection; Zoom notices a while later')
  await stage.advance('2 m')
  const left = await change(stage, 'participant_left')
  assert.ok(!present(left).includes(ben.username))
  await stage.line('client app', `hears that ${ben.username} has left`)
  await join(stage, call, ben.username, ben.token_signature)
  const back = await change(stage, 'participant_joined')
  assert.equal(present(back).length, 3)
  await stage.line(ben.username, 'is back, with the same token')
}

async function itsLengthRunsOut(stage: Stage, call: Json): Promise<void> {
  await stage.advance('17 m')
  assert.equal((await stage.zoom('GET', roomOf(call))).sessions.at(-1).status, 'live')
  const { now } = await stage.mock('GET', '/clock')
  const leftMs = Date.parse('2026-11-23T18:30:00Z') - Date.parse(now)
  assert.ok(leftMs > 0)
  await stage.line('clock', `shows that ${leftMs / 1_000} seconds are left`)
  await stage.advance('1 m')
  const ended = await change(stage, 'ended')
  assert.equal(ended.end_time, '2026-11-23T18:30:00.000Z')
  assert.deepEqual(present(ended), [])
  const { sessions } = await stage.zoom('GET', roomOf(call))
  assert.notEqual(sessions.at(-1).status, 'live')
  await stage.line('server', `has ended the session at ${ended.end_time.slice(11, 19)}, on time`)
  const { error } = await stage.api('POST', '/video_call_participants', {
    body: { participant: { session_key: sessionKey, username: 'Too Late' } },
    expect: 409
  })
  await stage.line('server', `lets nobody in any more: 409 ${error.code}`)
}

async function theRecordingsAreReady(stage: Stage): Promise<void> {
  await stage.advance('1 m')
  await change(stage, 'recording_stored')
  const { video_call_recordings: recordings } = await change(stage, 'recording_stored')
  for (const recording of recordings) {
    const { statusCode, headers, body } = await request(recording.recording_url)
    const bytes = Buffer.from(await body.arrayBuffer())
    assert.equal(statusCode, 200)
    assert.equal(bytes.length, recording.file_size)
    // Every MP4 and M4A says so at its beginning.
    assert.equal(bytes.subarray(4, 8).toString(), 'ftyp')
    await stage.line(
      'client app',
      `downloads the ${recording.file_type}: ${bytes.length} bytes of ${String(headers['content-type'])}`
    )
  }
  assert.equal(recordings.length, 2)
  const call = await stage.api('GET', `/video_calls/${sessionKey}`)
  assert.equal(call.internal_status, 'ended')
  await stage.line(
    'school',
    `reads the call: ${call.internal_status}, ${call.video_call_participants.length} participants, ${call.video_call_recordings.length} recordings`
  )
}

const roomOf = (call: Json): string => `/rooms/${encodeURIComponent(call.session_name)}`

const join = (stage: Stage, call: Json, userName: string, token: string): Promise<Json> =>
  stage.zoom('POST', `${roomOf(call)}/join`, {
    user_name: userName,
    token,
    session_key: sessionKey
  })

const change = (stage: Stage, what: string): Promise<Json> =>
  stage.nextEvent(statusUpdate, payload => payload.change === what)

/** Who is in the call, as the client application was told. */
const present = ({ video_call_participants: all }: Json): string[] =>
  all
    .filter((each: Json) => each.joined_at !== null && each.left_at === null)
    .map((each: Json) => each.username)
