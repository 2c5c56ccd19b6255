import assert from 'node:assert/strict'
import { test } from 'node:test'
import { statusesAfter } from './lifecycle.ts'

test('a voicemail is told of as recorded before it is told of as written down, whichever was known first', () => {
  const announced = { status: 'announced', transcriptionStatus: 'completed' }
  const stored = { status: 'stored', transcriptionStatus: null }
  const both = { status: 'stored', transcriptionStatus: 'completed' }

  assert.deepEqual(statusesAfter('received', announced), [])
  assert.deepEqual(statusesAfter('received', both), ['recorded', 'transcripted'])
  assert.deepEqual(statusesAfter('received', stored), ['recorded'])
  assert.deepEqual(statusesAfter('recorded', both), ['transcripted'])
})

test('news that is old or repeated moves no voicemail', () => {
  const both = { status: 'stored', transcriptionStatus: 'completed' }

  for (const end of ['transcripted', 'transcription_failed', 'failed'])
    assert.deepEqual(statusesAfter(end, both), [])
  assert.deepEqual(statusesAfter('recorded', { status: 'lost', transcriptionStatus: null }), [
    'failed'
  ])
})
