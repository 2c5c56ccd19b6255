import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { WorldSeed } from '../seeds.ts'
import { build, twice, type Built } from '../testing/build.ts'
import { audioFile, videoFile } from './mp4.ts'

/** A host records for a minute and ends the session. Gives what the application was told of the files. */
async function recorded(built: Built, claims: Record<string, unknown> = {}) {
  const visit = built.call('call-0001')
  const ana = visit.join('Ana', { as: 'host', userKey: 'staff-42', claims })
  ana.startsRecording().says('See you on Friday 👋')
  await built.mock.clock.advance('1 min')
  ana.endsForAll()
  const told = await visit.expects('session.recording_completed')
  const files: Record<string, unknown>[] = Object.values(Object(told.object['recording_files']))
  return { visit, told, files, path: `/videosdk/sessions/${twice(visit.session().id)}` }
}

/** What is in a file, by the token that came with the event; redirects followed with the header kept. */
async function download({ mock }: Built, url: unknown, token: unknown) {
  const headers = { authorization: `Bearer ${String(token)}` }
  let path = new URL(String(url)).pathname
  let answer = await mock.app.inject({ url: path, headers })
  if (answer.statusCode === 302) {
    path = String(answer.headers['location'])
    answer = await mock.app.inject({ url: path, headers })
  }
  return {
    status: answer.statusCode,
    type: answer.headers['content-type'],
    bytes: answer.rawPayload
  }
}

test('the files of a recording can be fetched with the token of the event, for a day', async t => {
  const built = await build(t)
  const { told, files } = await recorded(built)

  const kinds = files.map(file => [file['recording_type'], file['file_type']])
  const got = []
  for (const file of files) {
    const { status, type, bytes } = await download(
      built,
      file['download_url'],
      told.body['download_token']
    )
    assert.deepEqual([status, bytes.length], [200, file['file_size']])
    got.push(type)
  }
  await built.mock.clock.advance('24 h')
  const late = await download(built, files[0]?.['download_url'], told.body['download_token'])

  assert.deepEqual(kinds, [
    ['shared_screen_with_speaker_view', 'MP4'],
    ['audio_only', 'M4A'],
    ['chat_file', 'CHAT']
  ])
  assert.deepEqual(got, ['video/mp4', 'audio/mp4', 'text/plain; charset=utf-8'])
  assert.equal(late.status, 401)
})

test('a file is refused without a token and with that of another session, and given for an API token', async t => {
  const built = await build(t)
  const { files } = await recorded(built)
  const other = built.call('other')
  const ben = other.join('Ben', { as: 'host' }).startsRecording()
  await built.mock.clock.advance('1 min')
  ben.endsForAll()
  const { body } = await other.expects('session.recording_completed')
  const url = files[0]?.['download_url']

  const statuses = [
    (await download(built, url, '')).status,
    (await download(built, url, 'a.b.c')).status,
    (await download(built, url, body['download_token'])).status,
    (await download(built, url, built.apiToken())).status,
    (await download(built, 'http://mock/rec/download/none', built.apiToken())).status
  ]

  assert.deepEqual(statuses, [401, 401, 401, 200, 404])
})

test('media are as long as the recording was, and whole in their boxes', () => {
  for (const [bytes, brand] of [
    [audioFile(65_000), 'M4A '],
    [videoFile(65_000), 'isom']
  ] as const) {
    assert.equal(bytes.toString('latin1', 4, 12), `ftyp${brand}`)
    assert.deepEqual(boxes(bytes), ['ftyp', 'moov', 'mdat'])
    const mvhd = bytes.indexOf('mvhd', 0, 'latin1')
    assert.deepEqual([bytes.readUInt32BE(mvhd + 16), bytes.readUInt32BE(mvhd + 20)], [1000, 65_000])
    for (const offset of chunkOffsets(bytes)) assert.ok(offset < bytes.length)
  }
  assert.ok(videoFile(3_600_000).length < 50_000, 'an hour is small')
})

function boxes(bytes: Buffer): string[] {
  const types = []
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    types.push(bytes.toString('latin1', at + 4, at + 8))
  }
  return types
}

function chunkOffsets(bytes: Buffer): number[] {
  const stco = bytes.indexOf('stco', 0, 'latin1')
  const count = bytes.readUInt32BE(stco + 8)
  return Array.from({ length: count }, (_, place) => bytes.readUInt32BE(stco + 12 + 4 * place))
}

test('a recording of four seconds is not kept', async t => {
  const { call, mock } = await build(t)
  const visit = call('call-0001')
  const ana = visit.join('Ana', { as: 'host' }).startsRecording()
  await mock.clock.advance('4 s')
  ana.endsForAll()

  await mock.clock.advance('1 min')

  visit.hasNotTold('session.recording_completed')
})

test('pauses are not in the recording', async t => {
  const { call, mock } = await build(t)
  const visit = call('call-0001')
  const ana = visit.join('Ana', { as: 'host' }).startsRecording()
  await mock.clock.advance('4 s')
  ana.pausesRecording()
  await mock.clock.advance('10 min')
  ana.stopsRecording().endsForAll()

  await mock.clock.advance('1 min')

  visit.hasNotTold('session.recording_completed')
  assert.throws(() => ana.startsRecording(), /not in the session/)
})

test('several recordings of one session come in one event, or in one each', async t => {
  const count = async (seed: WorldSeed) => {
    const { call, mock } = await build(t, { recording_files: ['audio_only'], ...seed })
    const visit = call('call-0001')
    const ana = visit.join('Ana', { as: 'host' })
    for (const verb of ['startsRecording', 'stopsRecording', 'startsRecording'] as const) {
      ana[verb]()
      await mock.clock.advance('1 min')
    }
    ana.endsForAll()
    await mock.clock.advance('1 min')
    return visit.events().filter(event => event === 'session.recording_completed').length
  }

  assert.deepEqual([await count({}), await count({ recording_events: 'per_run' })], [1, 2])
})

test('a transcript and a summary come when the host asked for them', async t => {
  const built = await build(t)

  const { visit } = await recorded(built, { cloud_recording_transcript_option: 2 })
  const transcript = await visit.expects('session.recording_transcript_completed')
  const summary = await visit.expects('session.recording_summary_completed')

  const [vtt] = Object.values(Object(transcript.object['recording_files'])).map(Object)
  const [json] = Object.values(Object(summary.object['recording_files'])).map(Object)
  const text = await download(built, vtt.download_url, transcript.body['download_token'])
  const told = await download(built, json.download_url, summary.body['download_token'])
  assert.match(
    text.bytes.toString(),
    /^WEBVTT\n\n1\n00:00:00\.000 --> 00:00:02\.000\nAna: Hello\.\n/
  )
  assert.match(text.bytes.toString(), /See you on Friday 👋/)
  assert.match(JSON.parse(told.bytes.toString()).summary_overview, /^Ana met for 60 seconds/)
})

test('what is deleted lies in the trash for thirty days, and can be recovered until then', async t => {
  const built = await build(t)
  const { api, mock } = built
  const { path } = await recorded(built)
  const count = async (query = '') => {
    const { body } = await api('GET', `/videosdk/recordings${query}`)
    return body['total_records']
  }

  const trashed = await api('DELETE', `${path}/recordings`)
  const counts = [await count(), await count('?trash=true')]
  const gone = await api('GET', `${path}/recordings`)
  await mock.clock.advance('29 days')
  const recovered = await api('PUT', `${path}/recordings/status`, { action: 'recover' })
  const there = await api('GET', `${path}/recordings`)
  await api('DELETE', `${path}/recordings?action=trash`)
  await mock.clock.advance('30 days')
  const late = await api('PUT', `${path}/recordings/status`, { action: 'recover' })

  assert.deepEqual([trashed.status, recovered.status, late.status], [204, 204, 404])
  assert.deepEqual(counts, [0, 1])
  assert.deepEqual([gone.status, gone.body['code'], there.status], [404, 3301, 200])
})

test('one file can be deleted for good', async t => {
  const built = await build(t)
  const { api } = built
  const { path, files } = await recorded(built)

  const first = await api('DELETE', `${path}/recordings/${String(files[0]?.['id'])}?action=delete`)
  const again = await api('DELETE', `${path}/recordings/${String(files[0]?.['id'])}?action=delete`)
  const { body } = await api(
    'GET',
    `${path}/recordings?include_fields=download_access_token&ttl=60`
  )

  assert.deepEqual([first.status, again.status], [204, 404])
  assert.equal(body['recording_count'], 2)
  const [file] = Object.values(Object(body['recording_files'])).map(Object)
  const now = await download(built, file.download_url, body['download_access_token'])
  await built.mock.clock.advance('61 s')
  const late = await download(built, file.download_url, body['download_access_token'])
  assert.deepEqual([now.status, late.status], [200, 401])
})

test('an account that cannot record says why', async t => {
  const refusals = []
  for (const state of ['disabled', 'expired', 'full', 'no_events_api'] as const) {
    const { api, call } = await build(t, { cloud_recording: state })
    const visit = call('call-0001')
    visit.join('Ana', { as: 'host' })
    const path = `/videosdk/sessions/${twice(visit.session().id)}/events`
    const { status, body } = await api('PATCH', path, { method: 'recording.start' })
    refusals.push([status, body['code'], body['message']])
  }

  assert.deepEqual(refusals, [
    [400, 200, 'Cloud Recording is not enabled for this account'],
    [400, 200, 'Cloud Recording plan expired'],
    [400, 300, 'account over its cloud storage limit'],
    [400, 300, 'API not available for this account']
  ])
})
