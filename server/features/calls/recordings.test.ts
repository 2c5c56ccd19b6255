import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import {
  build,
  firstNumber,
  onEachDatabase,
  parentNumber,
  type TestServer,
  until
} from '../../testing/build.ts'
import { aPairing, eventsOf, parentCalls, person } from '../../testing/calls.ts'
import { createCallbackReceipt } from '../provider-callbacks/receive-callbacks.ts'
import { publishRecordings } from './lanes.ts'

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

/** How the news comes that a recording is stored, and that it was written down. */
const newsOfRecordings: Record<string, (server: TestServer, sid: string) => Promise<unknown>> = {
  'is stored': ({ deps }, sid) =>
    deps.database.transaction(tx =>
      publishRecordings(deps.queue, tx, [{ bearerId: 1, id: sid, dueAt: deps.clock.now() }])
    ),
  'was written down': ({ deps }, sid) =>
    createCallbackReceipt(deps).submit({
      kind: 'twilio.transcription',
      query: '',
      body: `RecordingSid=${sid}&TranscriptionSid=TR1&TranscriptionStatus=completed&TranscriptionText=Hello`,
      requestId: 'test'
    })
}

for (const [what, cause] of Object.entries(newsOfRecordings))
  test(`a conference is told of as it is, and not as it was before, when its recording ${what}`, async t => {
    const server = await build(t, 'postgresql')
    const sid = await anEndingConference(server)
    const { database } = server.deps

    await database.transaction(async tx => {
      await sql`update conference_calls set internal_status = 'completed'`.execute(tx.sql)
      await cause(server, sid)
      await until(
        'the news to be told, or to wait',
        async () => server.clientApp.events.length > 0 || (await areLocksAwaited(server))
      )
    })
    await server.idle()

    const told = eventsOf(server, 'conference_calls.conference_call.status_update')
    assert.deepEqual(
      told.map(event => event['internal_status']),
      ['completed']
    )
  })

/** A conference whose recording is announced, at the moment before its end is noted. Gives the recording's SID. */
async function anEndingConference(server: TestServer): Promise<string> {
  person(server, parentNumber, { answers: 'person', hangs_up_after: '2 min' })
  const moderator = '+16015550160'
  person(server, moderator, { answers: 'person', hangs_up_after: '2 min' })
  await server.request('POST', '/conference_calls', {
    body: {
      twilio_number: firstNumber,
      moderator_number: moderator,
      participant_numbers: [parentNumber],
      client_conversation_id: 'class-4b'
    }
  })
  await server.advance('3 h')
  const executor = server.deps.database.sql
  await sql`update conference_calls set internal_status = 'ending'`.execute(executor)
  await sql`delete from client_events`.execute(executor)
  server.clientApp.events.length = 0
  const { rows } = await sql<{ sid: string }>`update recordings
    set status = 'announced', transcription_status = null returning recording_sid as sid`.execute(
    executor
  )
  return rows[0]?.sid ?? ''
}

async function areLocksAwaited({ deps }: TestServer): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(deps.database.sql)
  return rows.length > 0
}
