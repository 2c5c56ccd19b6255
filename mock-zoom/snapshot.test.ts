import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { build, type Built } from './testing/build.ts'

/** What is still going to happen: a lost connection is noticed, a recording is made, a webhook comes again. */
async function inTheMiddle(built: Built): Promise<void> {
  const visit = built.call('call-0001')
  const ana = visit.join('Ana', { as: 'host', userKey: 'staff-42' }).startsRecording()
  const ben = visit.join('Ben')
  await built.mock.clock.advance('30 s')
  ben.disconnects()
  built.receiver.answers(() => ({ status: 500 }))
  ana.shares()
  await built.mock.clock.advance('1 s')
  built.receiver.answers(() => ({ status: 200 }))
}

/** How it goes on, in what the journal tells of it. */
async function goesOn({ mock, api }: Built): Promise<string[]> {
  const from = mock.world().journal.lastSeq
  await mock.clock.advance('10 min')
  const [session] = [...mock.world().sessions.values()]
  await api('PUT', `/videosdk/sessions/${session?.id}/status`, { action: 'end' })
  await mock.clock.advance('10 min')
  return mock
    .world()
    .journal.list({ after: from, limit: 10_000 })
    .filter(({ kind }) => !kind.startsWith('world.'))
    .map(entry => JSON.stringify({ ...entry, seq: 0 }))
}

test('a world that is taken up again goes on exactly as it would have', async t => {
  const built = await build(t, { path_encoding: 'lenient' }, { downloadBaseUrl: 'http://mock' })
  await inTheMiddle(built)
  const snapshot = JSON.parse(JSON.stringify(await built.mock.save()))

  const first = await goesOn(built)
  await built.mock.restore(snapshot, { setsClock: true })
  const second = await goesOn(built)

  assert.ok(first.length > 12, `${first.length} entries`)
  assert.deepEqual(second, first)
})

test('a snapshot goes by HTTP into another world and into a file', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'mock-zoom-'))
  t.after(() => rm(directory, { recursive: true }))
  const built = await build(t, {}, { snapshots: directory })
  await inTheMiddle(built)

  const shown = await built.control('GET', '/_mock/snapshot')
  const put = await built.control('PUT', '/_mock/snapshot', { file: 'call' })
  await built.control('POST', '/_mock/reset', {})
  const empty = built.mock.world().sessions.size
  const taken = await built.control('POST', '/_mock/snapshot', { file: 'call' })
  const other = await built.mock.app.inject({
    method: 'POST',
    url: '/_mock/snapshot',
    headers: { 'x-mock-world': 'acctCOPY' },
    payload: shown.text
  })

  assert.deepEqual([put.status, empty, taken.status], [201, 0, 200])
  assert.equal(taken.body['sessions'], 1)
  assert.equal(other.json().account_id, 'acctCOPY')
  assert.equal(built.mock.world('acctCOPY').sessions.size, 1)
})

test('what is no snapshot is refused in words, and nothing has changed', async t => {
  const built = await build(t)
  await inTheMiddle(built)
  const good = JSON.parse(JSON.stringify(await built.mock.save()))
  const state = (changes: object) => ({ ...good, state: { ...good.state, ...changes } })
  const wrong: [snapshot: unknown, reason: RegExp][] = [
    [null, /bytes|no snapshot/],
    [{}, /no format/],
    [{ ...good, format: 'mock-twilio/world' }, /"mock-twilio\/world"/],
    [{ ...good, version: 2 }, /version 2/],
    [state({ sessions: 'all' }), /\/state\/sessions/],
    [state({ name: 'other' }), /inside of other/],
    [state({ surplus: 1 }), /\/state\/surplus/],
    [state({ agenda: [{ inMs: 1, plan: { kind: 'party' } }] }), /unknown kind, party/],
    [
      state({
        files: [
          {
            id: 'a',
            sessionId: 'none',
            group: 'recording',
            extension: 'MP4',
            size: 1,
            startedAt: 0,
            endedAt: 0,
            trashedAt: null
          }
        ]
      }),
      /does not fit together/
    ]
  ]

  for (const [snapshot, reason] of wrong) {
    const { status, text } = await built.control('POST', '/_mock/snapshot', snapshot)
    assert.equal(status, 400, text)
    assert.match(JSON.parse(text).error, reason)
  }
  assert.equal(built.mock.world().sessions.size, 1)
})
