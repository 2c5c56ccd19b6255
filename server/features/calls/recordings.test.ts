import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { build, onEachDatabase, parentNumber, type TestServer } from '../../testing/build.ts'
import { aPairing, eventsOf, parentCalls, person } from '../../testing/calls.ts'

const words = 'Anna is ill today and will stay at home, thank you.'

/** A parent leaves a voicemail. */
async function aVoicemail(server: TestServer): Promise<void> {
  await aPairing(server)
  person(server, parentNumber, { presses: ['2'], says: [words] })
  await parentCalls(server)
}

async function isAtProvider({ deps }: TestServer): Promise<boolean> {
  const { rows } = await sql<{ sid: string }>`select recording_sid as sid from recordings`.execute(
    deps.database.sql
  )
  const opened = await deps.voice.openRecording(rows[0]?.sid ?? '')
  opened?.body.resume()
  return opened !== undefined
}

const recorded = (server: TestServer) => eventsOf(server, 'direct_calls.voicemail.recorded')

onEachDatabase(dialect => {
  test('a recording that cannot be downloaded for hours is taken over when it can', async t => {
    const server = await build(t, dialect)
    const fault = server.mock.world().faults.add({
      match: { operation: 'fetch-recording-mp3' },
      effect: { type: 'http', status: 503 }
    })
    await aVoicemail(server)

    await server.advance('3 h')
    const meanwhile = recorded(server).length
    server.mock.world().faults.remove(fault.id)
    await server.advance('30 min')

    assert.equal(meanwhile, 0)
    assert.equal(recorded(server).length, 1)
    assert.equal((await fetch(String(recorded(server)[0]?.['recording_url']))).status, 200)
    assert.ok(await isAtProvider(server))
  })

  test('a recording of which no callback tells is sought and found, and so is what was said', async t => {
    const server = await build(t, dialect)
    await aPairing(server)
    person(server, parentNumber, { presses: ['2'], says: [words] })
    server.mock.world().faults.add({ effect: { type: 'callback', fault: 'drop' } })
    await parentCalls(server)

    await server.advance('3 h')

    assert.equal(recorded(server).length, 1)
    const [transcripted] = eventsOf(server, 'direct_calls.voicemail.transcripted')
    assert.deepEqual(transcripted?.['transcription'], { status: 'completed', text: words })
  })

  test('what is stored is deleted at the provider, where that is wanted, and only then', async t => {
    const server = await build(t, dialect, { environment: { DELETE_PROVIDER_RECORDINGS: 'true' } })
    await aVoicemail(server)
    await server.advance('45 s')
    const before = await isAtProvider(server)
    await server.advance('3 h')

    assert.deepEqual([before, await isAtProvider(server)], [true, false])
    const [event] = recorded(server)
    assert.equal((await fetch(String(event?.['recording_url']))).status, 200)
  })

  test('the link of a call is good for twelve hours, and without a recording there is none', async t => {
    const server = await build(t, dialect)
    await aPairing(server)
    await parentCalls(server)
    await server.advance('5 min')
    const [event] = eventsOf(server, 'direct_calls.call.status_update')

    const { status, body } = await server.request(
      'GET',
      `/calls/${String(event?.['uuid'])}/recording_url`
    )
    const absent = await server.request(
      'GET',
      '/calls/0193585e-7c00-7000-8000-000000000000/recording_url'
    )
    const nonsense = await server.request('GET', '/calls/nonsense')

    assert.deepEqual([status, body], [200, { recording_url: '' }])
    assert.deepEqual([absent.status, nonsense.status], [404, 404])
  })
})
