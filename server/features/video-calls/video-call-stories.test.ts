import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { build, onEachDatabase } from '../../testing/build.ts'
import {
  changesTold,
  createCall,
  createParticipant,
  readCall,
  roomOf
} from '../../testing/video-calls.ts'

onEachDatabase(dialect => {
  describe('a video call, from its creation to its recordings', () => {
    test('is told to the client step by step, and its recordings are downloaded by signed links', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const { body: call } = await createCall(server, {
        session_key: 'evening-4b',
        session_name: 'Parent Evening 4b',
        client_conversation_id: 'class-4b',
        maximum_call_length: 45
      })
      const guests = [
        await createParticipant(server, { session_key: 'evening-4b', user_key: 'ana' }),
        await createParticipant(server, { session_key: 'evening-4b', username: 'Ben Ito' })
      ]
      const tokens = guests.map(({ body }) => ({
        token: body.token_signature,
        sessionKey: 'evening-4b'
      }))
      const room = roomOf(server, call)

      const host = room.join('Ms. Ortega', { token: call.host_token, sessionKey: 'evening-4b' })
      await server.advance(1_000)
      const ana = room.join('Ana Lima', tokens[0])
      room.join('Ben Ito', tokens[1])
      host.startsRecording()
      await server.advance('10m')
      ana.disconnects()
      await server.advance('2m')
      ana.rejoins()
      await server.advance('1m')

      const during = await readCall(server, 'evening-4b')
      assert.deepEqual(
        [during.body.internal_status, during.body.provider_status, during.body.start_time],
        ['started', 'session.started', '2026-11-23T12:00:00.000Z']
      )
      assert.equal(during.body.end_at, '2026-11-23T12:45:00.000Z')
      assert.deepEqual(
        during.body.video_call_participants.map((each: Record<string, unknown>) => [
          each['username'],
          each['joined_at'],
          each['left_at']
        ]),
        [
          ['Ms. Ortega', '2026-11-23T12:00:00.000Z', null],
          ['Ana Lima', '2026-11-23T12:00:01.000Z', null],
          ['Ben Ito', '2026-11-23T12:00:01.000Z', null]
        ]
      )

      await server.advance('40m')
      const { body: after } = await readCall(server, 'evening-4b')
      assert.deepEqual(
        [after.internal_status, after.provider_status, after.end_time, after.host_token],
        ['ended', 'session.ended', '2026-11-23T12:45:00.000Z', null]
      )
      assert.deepEqual(room.people(), [])
      assert.equal(after.video_call_recordings.length, 2)
      for (const recording of after.video_call_recordings) {
        assert.equal(recording.internal_status, 'stored')
        const download = await fetch(recording.recording_url)
        const bytes = Buffer.from(await download.arrayBuffer())
        assert.equal(bytes.length, recording.file_size)
        if (recording.file_type === 'MP4') {
          assert.equal(bytes.subarray(4, 8).toString(), 'ftyp')
          assert.equal(download.headers.get('content-type'), 'video/mp4')
        }
      }
      assert.deepEqual(changesTold(server, 'evening-4b'), [
        'started',
        'participant_joined',
        'participant_joined',
        'participant_joined',
        'participant_left',
        'participant_joined',
        'participant_left',
        'participant_left',
        'participant_left',
        'ended',
        'recording_stored',
        'recording_stored'
      ])
      const told = server.clientApp.events.at(-1)?.payload
      assert.deepEqual(
        [told?.['type'], told?.['client_conversation_id'], told?.['host_token']],
        ['video_calls.video_call.status_update', 'class-4b', null]
      )
      assert.doesNotMatch(JSON.stringify(server.clientApp.events), /eyJ/)
    })
  })
})
