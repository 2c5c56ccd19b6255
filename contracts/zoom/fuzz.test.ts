import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { build, twice, type Built } from '../../mock-zoom/testing/build.ts'
import { operations } from '../../mock-zoom/operations.ts'

/*
 * Requests from sound to absurd, at the REST API and at the control API: each is answered with a status below 500
 * and a body in the documented form, and what was told to nobody stays so. `TEST_SEED` repeats a run.
 */

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000)
const runs = 300

const absurd = fc.oneof(
  fc.constantFrom(
    '',
    '\0',
    '👋',
    '\ud83c',
    '__proto__',
    'constructor',
    '%',
    '%zz',
    '../..',
    'x'.repeat(3000),
    'end',
    'recover',
    'recording.start',
    'user.remove',
    'stream_ingestion.bind',
    'live',
    'past',
    '-1',
    '1e9',
    '2026-11-22',
    '2026-13-45'
  ),
  fc.string({ unit: 'binary', maxLength: 30 })
)

const value = fc.oneof(
  absurd,
  fc.constantFrom(null, true, -1, 0, 1.5, 1e308, [], {}, ['a'], { a: { b: [null] } }),
  fc.jsonValue({ maxDepth: 2 })
)

const fields =
  'action method params session_name session_password settings events stream_name stream_url stream_key page_url name provider s3 passcode bring_our_own_storage event_webhook_url user user_name token as issues text content phone_number call_type device_ip stream_id by __proto__'.split(
    ' '
  )
const parameters = ['type', 'page_size', 'next_page_token', 'from', 'to', 'trash', 'ttl', 'action']

const body = fc.oneof(
  { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 4 }) },
  { weight: 1, arbitrary: value }
)
const query = fc.dictionary(fc.constantFrom(...parameters), absurd, { maxKeys: 3 })

function isDocumented(text: string): boolean {
  const { code, message, errors = [] } = Object(JSON.parse(text))
  return (
    Number.isInteger(code) &&
    typeof message === 'string' &&
    Object.values(Object(errors)).every(error => typeof Object(error).field === 'string')
  )
}

async function aWorld(t: Parameters<typeof build>[0]): Promise<Built & { ids: string[] }> {
  const built = await build(t, { rate_limits: 'off' })
  built.call('live').join('Ana', { as: 'host' }).startsRecording()
  const past = built.call('past').join('Ben', { as: 'host' }).startsRecording()
  await built.mock.clock.advance('1 min')
  past.endsForAll()
  await built.mock.clock.advance('1 min')
  return { ...built, ids: ['live', 'past'].map(name => built.call(name).session().id) }
}

test(`no request to the REST API gets anything but what is documented (TEST_SEED=${seed})`, async t => {
  const { api, ids } = await aWorld(t)
  const request = fc.record({
    operation: fc.constantFrom(...operations),
    id: fc.oneof(fc.constantFrom(...ids.map(twice), ...ids), absurd),
    other: absurd,
    query,
    body
  })

  await fc.assert(
    fc.asyncProperty(request, async ({ operation, id, other, query, body }) => {
      const path = operation.path
        .replace('{sessionId}', () => id)
        .replaceAll(/\{\w+\}/g, () => encodeURIComponent(other.toWellFormed()))
      const asked = new URLSearchParams(query).toString()
      const isRead = operation.method === 'GET' || operation.method === 'DELETE'
      const answer = await api(operation.method, `${path}?${asked}`, isRead ? undefined : body)
      assert.ok(answer.status < 500, `${answer.status} ${answer.text}`)
      if (answer.status > 299) assert.ok(isDocumented(answer.text), answer.text)
    }),
    { seed, numRuns: runs }
  )
})

test(`no request to the control API is answered without words (TEST_SEED=${seed})`, async t => {
  const { control } = await aWorld(t)
  const acts = 'join leave end remove host record share chat alert callout stream'.split(' ')
  const request = fc.record({
    act: fc.constantFrom(...acts),
    room: fc.oneof(fc.constantFrom('live', 'past', 'new'), absurd),
    body
  })

  await fc.assert(
    fc.asyncProperty(request, async ({ act, room, body }) => {
      const name = encodeURIComponent(room.toWellFormed())
      const answer = await control('POST', `/_mock/rooms/${name}/${act}`, body)
      assert.ok(answer.status < 500, `${answer.status} ${answer.text}`)
      if (answer.status > 299) assert.ok(answer.body['error'] ?? answer.body['code'], answer.text)
    }),
    { seed, numRuns: runs }
  )
})

test(`no token opens a session that was not made for it (TEST_SEED=${seed})`, async t => {
  const { control, mock } = await aWorld(t)
  const before = mock.world().sessions.size
  const part = fc
    .oneof(
      fc.dictionary(fc.constantFrom('alg', 'typ', 'app_key', 'tpc', 'exp', 'iat'), value),
      value
    )
    .map(claims => Buffer.from(JSON.stringify(claims) ?? '').toString('base64url'))
  const token = fc.oneof(
    absurd,
    fc.tuple(part, part, part).map(parts => parts.join('.'))
  )

  await fc.assert(
    fc.asyncProperty(token, async token => {
      const answer = await control('POST', '/_mock/rooms/other/join', { user_name: 'Eve', token })
      assert.deepEqual([answer.status, answer.body['code']], [400, 200], answer.text)
    }),
    { seed, numRuns: runs }
  )
  assert.equal(mock.world().sessions.size, before)
})
