import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { applyCallReport } from './apply-call-report.ts'
import type { CallRow } from './call-row.ts'
import { isOver } from './lifecycle.ts'

const fresh = (): CallRow => ({
  id: 1,
  uuid: '0193585e-7c00-7000-8000-000000000000',
  bearer_id: 1,
  conversation_id: null,
  conference_call_id: null,
  kind: 'sdk',
  call_sid: null,
  dialled_sid: null,
  participant_number: '+16015550142',
  provider_number: '+16015550100',
  moderator_id: null,
  client_call_id: null,
  callback_url: null,
  internal_status: 'calling',
  provider_status: null,
  answered_by: null,
  menu_choice: null,
  error_code: null,
  error_description: null,
  failed_at: null,
  provider_call_at: 0,
  joined_at: null,
  left_at: null,
  welcomed_at: null,
  heard_at: 0,
  recording_sought: 0,
  created_at: 0,
  updated_at: 0,
  client_conversation_id: null,
  global_id: null,
  internal_conversation_id: null,
  conversation_callback_url: null,
  recording_status: null,
  recording_key: null,
  recording_duration: null,
  transcription_status: null,
  transcription_text: null
})

const stories = [
  ['initiated', 'ringing', 'in-progress', 'completed'],
  ['initiated', 'ringing', 'busy'],
  ['initiated', 'ringing', 'no-answer'],
  ['initiated', 'failed'],
  ['queued', 'canceled']
]

test('the reports of one call, shuffled and repeated, end where the call ended, and tell each status at most once', () => {
  const seed = Number(process.env['TEST_SEED'] ?? 601_555)
  fc.assert(
    fc.property(
      fc.constantFrom(...stories).chain(story =>
        fc.tuple(
          fc.constant(story),
          fc.shuffledSubarray([...story, ...story, ...story], {
            minLength: 0,
            maxLength: 3 * story.length
          })
        )
      ),
      ([story, heard]) => {
        const row = fresh()
        const told: string[] = []
        const last = story.at(-1) ?? ''

        for (const status of [...heard, last])
          if (applyCallReport(row, { sid: 'CA1', status, answeredBy: null }, 5).told)
            told.push(row.internal_status)

        assert.equal(row.internal_status, last.replaceAll('-', '_'))
        assert.equal(row.provider_status, last)
        assert.ok(isOver(row.internal_status))
        assert.equal(new Set(told).size, told.length)
        assert.equal(told.at(-1), row.internal_status)
      }
    ),
    { seed }
  )
})

test('a word that the provider did not use when this was written changes nothing', () => {
  const row = fresh()

  const { outcome } = applyCallReport(row, { sid: 'CA1', status: '__proto__', answeredBy: null }, 5)

  assert.equal(outcome, 'not_understood')
  assert.deepEqual(row, fresh())
})
