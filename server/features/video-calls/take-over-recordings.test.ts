import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { build, onEachDatabase, type TestServer } from '../../testing/build.ts'
import { changesTold, createCall, readCall, roomOf } from '../../testing/video-calls.ts'
import { sendZoomEvent, sessionEvent, zoomTime } from '../../testing/zoom-events.ts'

/** A call that was recorded for a minute and ended for all. */
async function aRecordedCall(server: TestServer, fields: object = {}) {
  const { body: call } = await createCall(server, { session_key: 'k', ...fields })
  const room = roomOf(server, call)
  const host = room.join('Ms. Ortega', { token: call.host_token, sessionKey: 'k' })
  host.startsRecording()
  await server.advance('1m')
  host.endsForAll()
  return { call, room, sessionId: room.session().id }
}

const recordingsOf = async (server: TestServer): Promise<Record<string, unknown>[]> =>
  (await readCall(server, 'k')).body.video_call_recordings

const statuses = async (server: TestServer): Promise<unknown[]> =>
  (await recordingsOf(server)).map(({ internal_status }) => internal_status)

const filesAtZoom = (server: TestServer, sessionId: string): number =>
  (server.zoom?.world().filesBySession.get(sessionId) ?? []).filter(
    ({ trashedAt }) => trashedAt === null
  ).length

onEachDatabase(dialect => {
  describe('a recording', () => {
    test('is kept by the provider unless it is to be removed there', async t => {
      for (const [ZOOM_RECORDINGS, left, trashed] of [
        ['keep', 2, 0],
        ['trash', 0, 2],
        ['delete', 0, 0]
      ] as const) {
        const server = await build(t, dialect, { zoom: {}, environment: { ZOOM_RECORDINGS } })
        const { sessionId } = await aRecordedCall(server)

        await server.advance('5m')

        assert.deepEqual(await statuses(server), ['stored', 'stored'], ZOOM_RECORDINGS)
        assert.equal(filesAtZoom(server, sessionId), left, ZOOM_RECORDINGS)
        const inTrash = server.zoom
          ?.world()
          .filesBySession.get(sessionId)
          ?.filter(({ trashedAt }) => trashedAt !== null)
        assert.equal(inTrash?.length ?? 0, trashed, ZOOM_RECORDINGS)
      }
    })

    test('that cannot be stored is tried again until it can, and told of once', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const folder = server.deps.config.STORAGE_URL.slice('file:'.length)
      await writeFile(join(folder, 'video'), 'a file in the way')
      await aRecordedCall(server)
      await server.advance('20m')
      assert.deepEqual(await statuses(server), ['pending', 'pending'])

      await rm(join(folder, 'video'))
      await server.advance('2h')

      assert.deepEqual(await statuses(server), ['stored', 'stored'])
      assert.deepEqual(
        changesTold(server, 'k').filter(change => change.startsWith('recording')),
        ['recording_stored', 'recording_stored']
      )
    })

    test('that is announced twice, by other addresses, is one recording', async t => {
      const server = await build(t, dialect, { zoom: {} })
      server.zoom?.world().faults.add({
        match: { status: 'session.recording_completed' },
        effect: { type: 'callback', fault: 'duplicate', status: 'session.recording_completed' }
      })
      const { call, sessionId } = await aRecordedCall(server)
      await server.advance('5m')
      const [first] = await recordingsOf(server)

      await sendZoomEvent(
        server,
        completed(server, call, sessionId, [
          {
            id: String(first?.['provider_id']),
            file_type: 'MP4',
            download_url: 'http://127.0.0.1:1/'
          }
        ])
      )
      await server.advance('1m')

      assert.equal((await recordingsOf(server)).length, 2)
      assert.deepEqual(await statuses(server), ['stored', 'stored'])
    })

    test('whose address has changed is found at its new one', async t => {
      const server = await build(t, dialect, { zoom: {} })
      server.zoom?.world().faults.add({
        effect: { type: 'callback', fault: 'drop', status: 'session.recording_completed' }
      })
      const { call, sessionId } = await aRecordedCall(server)
      await server.clock.advance('15s')
      const files = server.zoom?.world().filesBySession.get(sessionId) ?? []

      await sendZoomEvent(
        server,
        completed(
          server,
          call,
          sessionId,
          files.map(({ id }) => ({
            id,
            file_type: 'MP4',
            file_extension: 'MP4',
            download_url: `${server.deps.config.ZOOM_BASE_URL}/rec/download/moved`
          }))
        )
      )
      await server.advance('5m')

      assert.deepEqual(await statuses(server), ['stored', 'stored'])
    })

    test('that was deleted at the provider before it could be copied is lost, and said to be', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const { call, sessionId } = await aRecordedCall(server)

      await sendZoomEvent(
        server,
        completed(server, call, sessionId, [
          {
            id: 'gone',
            file_type: 'M4A',
            download_url: `${server.deps.config.ZOOM_BASE_URL}/rec/download/gone`
          }
        ])
      )
      await server.advance('10m')

      const gone = (await recordingsOf(server)).find(({ provider_id }) => provider_id === 'gone')
      assert.deepEqual([gone?.['internal_status'], gone?.['recording_url']], ['lost', null])
      assert.equal(changesTold(server, 'k').filter(each => each === 'recording_lost').length, 1)
    })

    test('of a call that is to be recorded is made without anybody asking', async t => {
      const server = await build(t, dialect, { zoom: {} })
      const { body: call } = await createCall(server, { session_key: 'k', recording: true })
      const room = roomOf(server, call)
      const host = room.join('Ms. Ortega', { token: call.host_token, sessionKey: 'k' })

      await server.advance('1m')
      host.endsForAll()
      await server.advance('1m')

      assert.deepEqual(
        room.events().filter(event => event === 'session.recording_started'),
        ['session.recording_started']
      )
      assert.deepEqual(await statuses(server), ['stored', 'stored'])
    })

    test('that the provider refuses to make holds nothing else up', async t => {
      const server = await build(t, dialect, { zoom: { cloud_recording: 'expired' } })
      const { body: call } = await createCall(server, {
        session_key: 'k',
        recording: true,
        maximum_call_length: 1
      })
      const room = roomOf(server, call)
      room.join('Ms. Ortega', { token: call.host_token, sessionKey: 'k' })

      await server.advance('1m')

      assert.deepEqual(room.people(), [])
      assert.deepEqual(changesTold(server, 'k').at(-1), 'ended')
    })
  })
})

const completed = (
  server: TestServer,
  call: { session_name: string; shunkan_ido_session_key: string },
  sessionId: string,
  recording_files: object[]
) =>
  sessionEvent(
    call,
    sessionId,
    'recording_completed',
    { start_time: zoomTime(server.clock.now()), timezone: 'UTC', recording_files },
    server.clock.now(),
    { download_token: 'token' }
  )

test('no address outside of the provider is asked for a recording, nor shown its token', async t => {
  const seen: { url: string | undefined; authorization: string | undefined }[] = []
  const elsewhere = createServer(({ url, headers }, answer) => {
    seen.push({ url, authorization: headers.authorization })
    answer.end('not a recording')
  })
  const origin = await listening(t, elsewhere)
  const server = await build(t, 'sqlite', { zoom: {} })
  const { body: call } = await createCall(server, { session_key: 'k' })

  for (const download_url of [`${origin}/direct`, 'file:///etc/passwd', 'nonsense', 'http://[::1'])
    await sendZoomEvent(
      server,
      completed(server, call, 'session==', [
        { id: `of ${download_url}`, file_type: 'MP4', download_url }
      ])
    )
  await server.advance('30m')

  assert.deepEqual(seen, [])
  assert.deepEqual(await statuses(server), ['pending', 'pending', 'pending', 'pending'])
})

test('a file of which half arrives is not stored', async t => {
  const half = createServer((_request, answer) => {
    answer.writeHead(200, { 'content-length': '1000' })
    answer.write('half')
    setImmediate(() => answer.destroy())
  })
  const origin = await listening(t, half)
  const server = await build(t, 'sqlite', { environment: { ZOOM_BASE_URL: origin } })
  const { body: call } = await createCall(server, { session_key: 'k' })

  await sendZoomEvent(
    server,
    completed(server, call, 'session==', [
      { id: 'file', file_type: 'MP4', download_url: `${origin}/rec/1` }
    ])
  )
  await server.advance('1m')

  assert.deepEqual(await statuses(server), ['pending'])
})

async function listening(t: TestContext, server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise(resolve => server.close(resolve)))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It has no port')
  return `http://127.0.0.1:${address.port}`
}
