import assert from 'node:assert/strict'
import { test } from 'node:test'

import { build, twice } from './testing/build.ts'

test('a call is told from its first join to its transcript', async t => {
  const { call, receiver, mock } = await build(t)
  const visit = call('Call-0001')

  const ana = visit.join('Ana', {
    as: 'host',
    userKey: 'staff-42',
    sessionKey: 'key-1',
    claims: { cloud_recording_transcript_option: 2 }
  })
  const ben = visit.join('Ben', { sessionKey: 'key-1' })
  ana.startsRecording()
  await mock.clock.advance('2 min')
  ben.disconnects()
  const again = ben.rejoins()
  await mock.clock.advance('5 min')
  again.leaves()
  ana.endsForAll()
  const { object, body } = await visit.expects('session.recording_completed')
  await visit.expects('session.recording_transcript_completed')
  await visit.expects('session.recording_summary_completed')

  assert.deepEqual(visit.events(), [
    'session.started',
    'session.user_joined',
    'session.user_joined',
    'session.recording_started',
    'session.user_joined',
    'session.user_left',
    'session.user_left',
    'session.recording_stopped',
    'session.user_left',
    'session.ended',
    'session.recording_completed',
    'session.recording_transcript_completed',
    'session.recording_summary_completed'
  ])
  // What goes out at the same moment may overtake each other on the way.
  assert.deepEqual(receiver.events().toSorted(), visit.events().toSorted())
  assert.equal(object['session_name'], 'call-0001')
  assert.equal(typeof body['download_token'], 'string')
})

test('the API ends a session, and once more is refused', async t => {
  const { call, api } = await build(t)
  const visit = call('call-0001')
  visit.join('Ana', { as: 'host' })
  const path = `/videosdk/sessions/${twice(visit.session().id)}/status`

  const first = await api('PUT', path, { action: 'end' })
  const second = await api('PUT', path, { action: 'end' })
  const unknown = await api('PUT', '/videosdk/sessions/nobody/status', { action: 'end' })

  await visit.expects('session.ended')
  assert.deepEqual([first.status, first.text], [204, ''])
  assert.deepEqual([second.status, second.body['code']], [400, 300])
  assert.deepEqual([unknown.status, unknown.body['code']], [404, 3001])
})
