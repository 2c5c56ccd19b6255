import assert from 'node:assert/strict'
import { test } from 'node:test'

import { simulateCalls } from './video-calls/simulation.ts'

const sixDays = { days: 6, sessions: 120, seed: 'test' }

test('six days of video calls are the same every time, to the byte of the journal, and all end', async () => {
  const first = await simulateCalls(sixDays)
  const second = await simulateCalls(sixDays)
  const other = await simulateCalls({ ...sixDays, seed: 'another' })

  assert.equal(first.digest, second.digest)
  assert.notEqual(first.digest, other.digest)
  assert.deepEqual([first.problems, other.problems], [[], []])
})

test('in six days everything happens that happens to calls', async () => {
  const { events, endings, retried, lost, missedEnds, files, challenges } =
    await simulateCalls(sixDays)

  for (const event of ['started', 'user_joined', 'user_left', 'ended', 'recording_completed']) {
    assert.ok((events[event] ?? 0) > 0, `no ${event}`)
  }
  assert.equal(events['started'], events['ended'])
  assert.equal(events['user_joined'], events['user_left'])
  assert.equal(events['sharing_started'], events['sharing_ended'])
  for (const ending of ['by the host', 'by the API', 'a lone user']) {
    assert.ok((endings[ending] ?? 0) > 0, `no end ${ending}: ${JSON.stringify(endings)}`)
  }
  assert.ok(retried > 0 && lost > 0 && missedEnds > 0 && files.count > 0 && challenges > 0)
})
