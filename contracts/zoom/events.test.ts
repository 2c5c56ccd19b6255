import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'

import { build, twice, type Built } from '../../mock-zoom/testing/build.ts'
import type { Person } from '../../mock-zoom/testing/room.ts'
import { eventNames } from '../../mock-zoom/webhooks/event-names.ts'
import { eventFlaws, publishedEvents } from './published-events.ts'

/*
 * Every event that Zoom publishes is provoked by what provokes it at Zoom, and what the application gets is held
 * against the published fields.
 */

interface Scene extends Built {
  ana: Person
  ben: Person
  path: string
  /** After the call, when its files are there. */
  isRecorded: () => Promise<void>
}

const name = 'call-0001'
const everything = {
  recording_files: [
    'shared_screen_with_speaker_view',
    'shared_screen_with_gallery_view',
    'active_speaker',
    'gallery_view',
    'shared_screen',
    'audio_only',
    'chat_file',
    'closed_caption',
    'timeline'
  ],
  audio_per_participant: true,
  rate_limits: 'off'
} as const

async function aScene(t: TestContext, transcript = 2): Promise<Scene> {
  const built = await build(t, { ...everything, recording_files: [...everything.recording_files] })
  const visit = built.call(name)
  const ana = visit.join('Ana 🏫', {
    as: 'host',
    userKey: 'staff-42',
    sessionKey: 'key-1',
    claims: {
      cloud_recording_option: 1,
      cloud_recording_election: 1,
      cloud_recording_transcript_option: transcript
    }
  })
  const ben = visit.join('Ben', { sessionKey: 'key-1', phoneNumber: '+16015550123' })
  const isRecorded = async () => {
    ana.startsRecording().says('Hello')
    await built.mock.clock.advance('1 min')
    ana.endsForAll()
    await visit.expects('session.recording_completed')
  }
  const path = `/videosdk/sessions/${twice(visit.session().id)}`
  return { ...built, ana, ben, path, isRecorded }
}

async function aStream({ api, path }: Scene): Promise<(verb: string) => Promise<void>> {
  const { body } = await api('POST', '/videosdk/stream_ingestions', {
    stream_name: 'Choir',
    stream_description: 'The hall'
  })
  return async verb => {
    const params = { stream_ingestion_stream_id: body['stream_id'] }
    const { status } = await api('PATCH', `${path}/events`, {
      method: `stream_ingestion.${verb}`,
      params
    })
    assert.equal(status, 202)
  }
}

async function encoder({ api, control }: Scene, action: string): Promise<void> {
  const { body } = await api('GET', '/videosdk/stream_ingestions')
  const [stream] = Object.values(Object(body['stream_ingestions'])).map(Object)
  const answer = await control('POST', `/_mock/rooms/${name}/stream`, {
    action,
    stream_id: stream.stream_id
  })
  assert.equal(answer.status, 200)
}

const phoneEnds = (status: string) => async (scene: Scene) => {
  const match = { operation: 'callout', to: '+16015550177' }
  scene.mock.world().faults.add({ match, effect: { type: 'outcome', status } })
  await callsPhone(scene)
}

const callsPhone = async ({ api, path }: Scene) => {
  const params = { invitee_name: 'Carla', phone_number: '+16015550177' }
  await api('PATCH', `${path}/events`, { method: 'user.invite.callout', params })
}

const roomEnds = (status: string) => async (scene: Scene) => {
  const match = { operation: 'room-callout' }
  scene.mock.world().faults.add({ match, effect: { type: 'outcome', status, error_code: 9 } })
  await callsRoom(scene)
}

const callsRoom = async ({ api, path }: Scene) => {
  const params = { call_type: 'sip', device_ip: '203.0.113.9' }
  await api('PATCH', `${path}/events`, { method: 'user.invite.room_system_callout', params })
}

const streams = async ({ api, path }: Scene) => {
  await api('PATCH', `${path}/livestream`, {
    stream_url: 'rtmp://live.example/app',
    stream_key: 'k',
    page_url: 'https://live.example/1',
    resolution: '720p'
  })
  await api('PATCH', `${path}/livestream/status`, { action: 'start' })
}

const provocations: Record<string, (scene: Scene) => unknown> = {
  'session.started': () => undefined,
  'session.user_joined': () => undefined,
  'session.user_left': ({ ben }) => ben.leaves(),
  'session.ended': ({ ana }) => ana.endsForAll(),
  'session.sharing_started': ({ ana }) => ana.shares('whiteboard'),
  'session.sharing_ended': ({ ana }) => ana.shares().stopsSharing(),
  'session.alert': ({ call }) =>
    call(name).hasIssues('Unstable audio quality', 'Call Reconnection'),
  'session.live_streaming_started': streams,
  'session.live_streaming_stopped': async scene => {
    await streams(scene)
    await scene.api('PATCH', `${scene.path}/livestream/status`, { action: 'stop' })
  },
  'session.recording_started': ({ api, path }) =>
    api('PATCH', `${path}/events`, { method: 'recording.start' }),
  'session.recording_paused': ({ ana }) => ana.startsRecording().pausesRecording(),
  'session.recording_resumed': ({ ana }) =>
    ana.startsRecording().pausesRecording().resumesRecording(),
  'session.recording_stopped': ({ ana }) => ana.startsRecording().stopsRecording(),
  'session.recording_completed': scene => scene.isRecorded(),
  'session.recording_transcript_completed': scene => scene.isRecorded(),
  'session.recording_summary_completed': scene => scene.isRecorded(),
  'session.recording_transcript_failed': async scene => {
    const match = { operation: 'transcribe-recording', to: name }
    const effect = { type: 'outcome', status: 'failed' } as const
    scene.mock.world().faults.add({ match, effect })
    await scene.isRecorded()
  },
  'session.recording_trashed': async scene => {
    await scene.isRecorded()
    await scene.api('DELETE', `${scene.path}/recordings`)
  },
  'session.recording_deleted': async scene => {
    await scene.isRecorded()
    await scene.api('DELETE', `${scene.path}/recordings?action=delete`)
  },
  'session.recording_recovered': async scene => {
    await scene.isRecorded()
    await scene.api('DELETE', `${scene.path}/recordings?action=trash`)
    await scene.api('PUT', `${scene.path}/recordings/status`, { action: 'recover' })
  },
  'session.stream_ingestion_connected': async scene => {
    const control = await aStream(scene)
    await control('bind')
    await encoder(scene, 'connect')
  },
  'session.stream_ingestion_disconnected': async scene => {
    const control = await aStream(scene)
    await control('bind')
    await encoder(scene, 'connect')
    await encoder(scene, 'disconnect')
  },
  'session.stream_ingestion_started': async scene => {
    const control = await aStream(scene)
    for (const verb of ['bind', 'send']) await control(verb)
  },
  'session.stream_ingestion_stopped': async scene => {
    const control = await aStream(scene)
    for (const verb of ['bind', 'send', 'stop']) await control(verb)
  },
  'session.stream_ingestion_unbind': async scene => {
    const control = await aStream(scene)
    for (const verb of ['bind', 'unbind']) await control(verb)
  },
  'session.user_phone_callout_ringing': callsPhone,
  'session.user_phone_callout_accepted': callsPhone,
  'session.user_phone_callout_missed': phoneEnds('missed'),
  'session.user_phone_callout_rejected': phoneEnds('rejected'),
  'session.user_phone_callout_canceled': phoneEnds('canceled'),
  'session.user_room_system_callout_ringing': callsRoom,
  'session.user_room_system_callout_accepted': callsRoom,
  'session.user_room_system_callout_missed': roomEnds('missed'),
  'session.user_room_system_callout_rejected': roomEnds('rejected'),
  'session.user_room_system_callout_failed': roomEnds('failed')
}

test('the mock knows the events that are published, and no other', () => {
  assert.deepEqual(eventNames.toSorted(), Object.keys(publishedEvents).toSorted())
  assert.deepEqual(Object.keys(provocations).toSorted(), eventNames.toSorted())
})

for (const event of eventNames) {
  test(`${event} arrives with the published fields and no others`, async t => {
    const scene = await aScene(t)

    await provocations[event]?.(scene)
    await scene.call(name).expects(event)

    const told = scene.receiver.received.filter(({ document }) => document.event === event)
    assert.ok(told.length > 0)
    for (const { body, document } of told) {
      assert.deepEqual(eventFlaws(document), [], body)
      assert.equal(body, JSON.stringify(document), 'compact, and the same when written again')
    }
    const others = scene.receiver.received.flatMap(({ document }) => eventFlaws(document))
    assert.deepEqual(others, [])
  })
}

test('a body that lacks a field, has one too many, or one of another type is found out', () => {
  const object = { id: 'a', session_id: 'a', session_name: 'b', start_time: '2026-01-01T00:00:00Z' }
  const body = (more: object) => ({
    event: 'session.started',
    event_ts: 1,
    payload: { account_id: 'c', object: { ...object, ...more } }
  })

  const flaws = [
    body({}),
    body({ id: undefined }),
    body({ surplus: 1 }),
    body({ session_id: 7 }),
    body({ start_time: '2026-01-01T00:00:00.000Z' }),
    { event: 'session.created' }
  ].map(one => eventFlaws(one))

  assert.deepEqual(flaws, [
    [],
    ['payload.object.id: is missing'],
    ['payload.object.surplus: no such field'],
    ['payload.object.session_id: is no s*'],
    ['payload.object.start_time: is no t*'],
    ['event: no such event, session.created']
  ])
})
