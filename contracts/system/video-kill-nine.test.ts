import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createMockZoom } from '../../mock-zoom/app.ts'
import { developmentAccountSeed } from '../../mock-zoom/development-account.ts'
import { room } from '../../mock-zoom/testing/room.ts'
import { until } from '../../server/testing/build.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { Random } from '../../simulator/random.ts'
import { call, registerClientApp, startOutside, startServer } from './processes.ts'

/** `TEST_CALLS` and `TEST_KILLS` make it longer. */
const calls = Number(process.env['TEST_CALLS'] ?? 8)
const kills = Number(process.env['TEST_KILLS'] ?? 2)
/** So many virtual milliseconds pass in a real one: a minute of a call is a second of this test. */
const rate = 60

test(`a server killed ${kills} times ends ${calls} calls at their length, and takes over every recording of them`, async t => {
  const seed = process.env['TEST_SEED'] ?? String(Date.now())
  t.diagnostic(`seed ${seed}: TEST_SEED=${seed} repeats the moments`)
  const clock = new VirtualClock({ mode: 'rate', rate })
  t.after(() => clock.stop())
  const outside = await startOutside(t, { clock })
  const zoom = await createMockZoom({
    clock,
    seed: 'system',
    accounts: [developmentAccountSeed(`${outside.serverUrl}/api/v1/zoom_webhooks`)]
  })
  t.after(() => zoom.close())
  const directory = await mkdtemp(join(tmpdir(), 'video-kill-nine-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const environment = {
    DATABASE_URL: `sqlite:${join(directory, 'server.sqlite')}`,
    STORAGE_URL: `file:${join(directory, 'recordings')}`,
    ZOOM_BASE_URL: await zoom.app.listen({ host: '127.0.0.1', port: 0 }),
    CLOCK_URL: `${outside.environment['TWILIO_BASE_URL']}/_mock/clock`,
    VIDEO_CHECK_AFTER_MS: '60000',
    CLIENT_EVENT_TIMEOUT_MS: '60000'
  }
  let server = await startServer(t, outside, environment)
  await registerClientApp(outside)
  const keys = Array.from({ length: calls }, (_, place) => `call-${place}`)
  for (const key of keys) {
    const { status, body } = await call(outside, 'POST', '/video_calls', {
      video_call: {
        host_username: 'Ms. Ortega',
        session_key: key,
        session_name: key,
        maximum_call_length: 1 + (keys.indexOf(key) % 3)
      }
    })
    assert.equal(status, 201, JSON.stringify(body))
    const host = room(zoom, key).join('Ms. Ortega', {
      token: String(body['host_token']),
      sessionKey: key
    })
    host.startsRecording()
  }

  const random = new Random(`video-kill-nine/${seed}`)
  for (let kill = 0; kill < kills; kill++) {
    await new Promise(resolve => setTimeout(resolve, random.between(50, 1_200)))
    await server.kill('SIGKILL')
    server = await startServer(t, outside, environment)
  }
  const read = async (key: string) => (await call(outside, 'GET', `/video_calls/${key}`)).body
  const isDone = async (key: string): Promise<boolean> => {
    const body = await read(key)
    const recordings = body['video_call_recordings']
    return (
      body['internal_status'] === 'ended' &&
      Array.isArray(recordings) &&
      recordings.length === 2 &&
      recordings.every(({ internal_status }) => internal_status === 'stored')
    )
  }
  for (const key of keys)
    await until(
      `${key} to be over and its recordings to be stored`,
      () => isDone(key),
      60_000
    ).catch(async (cause: unknown) => {
      throw new Error(`${JSON.stringify(await read(key))}\n${server.output()}`, { cause })
    })
  const told = (): Map<string, Set<string>> => {
    const ids = new Map<string, Set<string>>()
    for (const { payload, answered } of outside.clientApp.events) {
      if (answered >= 300) continue
      const { shunkan_ido_session_key: key, change } = payload
      if (change !== 'ended' && change !== 'recording_stored') continue
      const known = ids.get(`${String(key)} ${change}`) ?? new Set()
      ids.set(`${String(key)} ${change}`, known.add(String(payload['event_id'])))
    }
    return ids
  }
  await until('every event to arrive', () => told().size === 2 * calls, 20_000)

  for (const key of keys) {
    assert.deepEqual(room(zoom, key).people(), [], key)
    assert.deepEqual(
      [told().get(`${key} ended`)?.size, told().get(`${key} recording_stored`)?.size],
      [1, 2],
      key
    )
    for (const { recording_url } of (await read(key))['video_call_recordings'] as {
      recording_url: string
    }[]) {
      const download = await fetch(recording_url)
      assert.equal(download.status, 200)
      assert.equal(
        Buffer.from(await download.arrayBuffer())
          .subarray(4, 8)
          .toString(),
        'ftyp'
      )
    }
  }
  assert.equal(await server.kill('SIGTERM'), 0)
})
