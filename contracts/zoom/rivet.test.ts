import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test, type TestContext } from 'node:test'

import { ConsoleLogger, HttpReceiver, VideoSdkClient } from '@zoom/rivet/videosdk'

import { createMockZoom, type MockZoom } from '../../mock-zoom/app.ts'
import { developmentAccount, developmentAccountSeed } from '../../mock-zoom/development-account.ts'
import { room } from '../../mock-zoom/testing/room.ts'
import { freePort } from '../../simulator/free-port.ts'
import { publishedEvents } from './published-events.ts'
import { eventTypeName, typeFlaws } from './rivet-types.ts'

/*
 * Zoom's own client, unmodified, drives the mock and receives its webhooks. Its declarations judge every answer:
 * what it does not declare and Zoom's documents have is named below.
 */

/** Documented, and not declared by Rivet 0.4.0. */
const knownSurplus = [
  'CloudRecordingListSessionsRecordingsResponse.timezone',
  'CloudRecordingListSessionsRecordingsResponse.recording_files[].file_extension',
  'CloudRecordingListRecordingsOfAccountResponse.sessions[].timezone',
  'CloudRecordingListRecordingsOfAccountResponse.sessions[].participant_audio_files',
  'CloudRecordingListRecordingsOfAccountResponse.sessions[].participant_video_files',
  'CloudRecordingListRecordingsOfAccountResponse.sessions[].recording_files[].file_extension'
]

interface Stage {
  mock: MockZoom
  client: VideoSdkClient
  url: string
}

const silent = new ConsoleLogger()
silent.debug = silent.info = silent.warn = silent.error = () => undefined

async function build(t: TestContext, webhookUrl = 'http://127.0.0.1:1/'): Promise<Stage> {
  const mock = await createMockZoom({
    accounts: [
      {
        ...developmentAccountSeed(webhookUrl),
        rate_limits: 'off',
        recording_delay_ms: 0,
        shortest_recording_ms: 0
      }
    ]
  })
  t.after(() => mock.close())
  const url = await mock.app.listen({ port: 0, host: '127.0.0.1' })
  return { mock, url, client: aClient(url) }
}

function aClient(
  url: string,
  clientSecret: string = developmentAccount.apiSecret,
  port = 0
): VideoSdkClient {
  const options = {
    clientId: developmentAccount.apiKey,
    clientSecret,
    webhooksSecretToken: developmentAccount.secretToken,
    receiver: new HttpReceiver({
      port,
      webhooksSecretToken: developmentAccount.secretToken,
      logger: silent
    }),
    logger: silent,
    // Not typed, and understood.
    baseUrl: `${url}/v2`
  }
  return new VideoSdkClient(options)
}

/** The answer's data, once it was held against the type. */
async function judged(
  type: string,
  asked: Promise<{ data?: unknown; statusCode: number }>
): Promise<Record<string, unknown>> {
  const { data } = await asked
  const found = typeFlaws(type, data).filter(
    flaw => !knownSurplus.some(name => flaw === `${name} is not declared`)
  )
  assert.deepEqual(found, [])
  return Object(data)
}

test('sessions and their users, as Rivet asks for them and declares them', async t => {
  const { mock, client } = await build(t)
  const { sessions } = client.endpoints
  // Some of these ids begin with a slash or hold two, and all of them are found.
  for (let number = 0; number < 20; number++) {
    const name = `call-${number}`
    room(mock, name).join('Ana', { as: 'host', userKey: 'staff-42', sessionKey: 'k' })
    const { id: sessionId } = room(mock, name).session()
    const path = { sessionId }
    const details = await judged(
      'SessionsGetSessionDetailsResponse',
      sessions.getSessionDetails({ path, query: { type: 'live' } })
    )
    assert.equal(details['id'], sessionId)
    await judged('SessionsListSessionUsersResponse', sessions.listSessionUsers({ path }))
    const { statusCode, trackingId } = await sessions.updateSessionStatus({
      path,
      body: { action: 'end' }
    })
    assert.equal(statusCode, 204)
    assert.match(String(trackingId), /^[0-9a-f_]{36}$/)
  }
  const [from, to] = [day(-1), day(0)]
  const listed = await judged(
    'SessionsListSessionsResponse',
    sessions.listSessions({ query: { type: 'past', from, to, page_size: 7 } })
  )
  assert.equal(Object(listed['sessions']).length, 7)
})

test('everything else about a session that Rivet can ask for', async t => {
  const { mock, client } = await build(t)
  const { sessions } = client.endpoints
  const ana = room(mock, 'call-0001').join('Ana', { as: 'host', phoneNumber: '+16015550123' })
  ana.shares('desktop')
  const path = { sessionId: room(mock, 'call-0001').session().id }

  const made = await judged(
    'SessionsCreateSessionResponse',
    sessions.createSession({
      body: { session_name: 'later', settings: { auto_recording: 'cloud' } }
    })
  )
  await sessions.deleteSession({ path: { sessionId: String(made['session_id']) } })
  await judged('SessionsListSessionUsersQoSResponse', sessions.listSessionUsersQoS({ path }))
  await judged(
    'SessionsGetSessionUserQoSResponse',
    sessions.getSessionUserQoS({ path: { ...path, userId: ana.id } })
  )
  await judged(
    'SessionsGetSharingRecordingDetailsResponse',
    sessions.getSharingRecordingDetails({ path })
  )
  const body = { stream_url: 'rtmp://a/b', stream_key: 'k', page_url: 'https://a/' }
  await sessions.updateSessionLiveStream({ path, body })
  await sessions.updateSessionLivestreamStatus({ path, body: { action: 'start' } })
  await judged(
    'SessionsGetSessionLiveStreamDetailsResponse',
    sessions.getSessionLiveStreamDetails({ path })
  )
  await judged(
    'SessionsGetSessionSIPURIWithPasscodeResponse',
    sessions.getSessionSIPURIWithPasscode({ path, body: {} })
  )
  const stream = await judged(
    'SessionsCreateStreamIngestionResponse',
    sessions.createStreamIngestion({ body: { stream_name: 'Choir' } })
  )
  const streamId = String(stream['stream_id'])
  await judged('SessionsListStreamIngestionsResponse', sessions.listStreamIngestions({}))
  await judged(
    'SessionsGetStreamIngestionResponse',
    sessions.getStreamIngestion({ path: { streamId } })
  )
  await sessions.useInSessionEventsControls({
    path,
    body: { method: 'stream_ingestion.bind', params: { stream_ingestion_stream_id: streamId } }
  })
  await judged(
    'SessionsListSessionStreamingIngestionsResponse',
    sessions.listSessionStreamingIngestions({ path })
  )
  await sessions.updateStreamIngestion({ path: { streamId }, body: { stream_name: 'Band' } })
  await sessions.deleteStreamIngestion({ path: { streamId } })
})

test('recordings, storage and reports, as Rivet asks for them and declares them', async t => {
  const { mock, client } = await build(t)
  const { cloudRecording, byosStorage, videoSDKReports, sessions } = client.endpoints
  const visit = room(mock, 'call-0001')
  const ana = visit.join('Ana', { as: 'host', phoneNumber: '+16015550123' }).says('Hello')
  const path = { sessionId: visit.session().id }
  await sessions.useInSessionEventsControls({ path, body: { method: 'recording.start' } })
  ana.endsForAll()
  await mock.world().journal.await({ kind: 'recording.completed' })

  const shown = await judged(
    'CloudRecordingListSessionsRecordingsResponse',
    cloudRecording.listSessionsRecordings({
      path,
      query: { include_fields: 'download_access_token', ttl: 60 }
    })
  )
  await judged(
    'CloudRecordingListRecordingsOfAccountResponse',
    cloudRecording.listRecordingsOfAccount({ query: { from: day(-1), to: day(0) } })
  )
  const [first] = Object.values(Object(shown['recording_files'])).map(Object)
  const one = { path: { ...path, recordingId: first.id } }
  await cloudRecording.deleteSessionsRecordingFile({ ...one, query: { action: 'trash' } })
  await cloudRecording.recoverSingleRecording({ ...one, body: { action: 'recover' } })
  await cloudRecording.deleteSessionsRecordings({ path, query: { action: 'trash' } })
  await cloudRecording.recoverSessionsRecordings({ path, body: { action: 'recover' } })

  const s3 = {
    region: 'us-east-1',
    bucket: 'recordings',
    authentication_mechanism: 'aws_access_key',
    access_key: { id: 'a', key: 'b' }
  } as const
  const location = await judged(
    'ByosStorageAddStorageLocationResponse',
    byosStorage.addStorageLocation({ body: { name: 'Ours', provider: 'aws_s3', s3 } })
  )
  const storageLocationId = String(location['id'])
  await byosStorage.updateBringYourOwnStorageSettings({
    body: { bring_our_own_storage: true, storage_location_id: storageLocationId }
  })
  await judged('ByosStorageListStorageLocationResponse', byosStorage.listStorageLocation({}))
  await judged(
    'ByosStorageStorageLocationDetailResponse',
    byosStorage.storageLocationDetail({ path: { storageLocationId } })
  )
  await byosStorage.deleteStorageLocationDetail({ path: { storageLocationId } })

  const dates = { from: day(-1), to: day(0) }
  await judged(
    'VideoSDKReportsGetDailyUsageReportResponse',
    videoSDKReports.getDailyUsageReport({})
  )
  await judged(
    'VideoSDKReportsGetCloudRecordingUsageReportResponse',
    videoSDKReports.getCloudRecordingUsageReport({ query: dates })
  )
  await judged(
    'VideoSDKReportsGetTelephoneReportResponse',
    videoSDKReports.getTelephoneReport({ query: { ...dates, type: '1' } })
  )
  await judged(
    'VideoSDKReportsGetOperationLogsReportResponse',
    videoSDKReports.getOperationLogsReport({ query: dates })
  )
})

test('refusals are errors of Rivet, with status, code and message', async t => {
  const { client, url } = await build(t)
  const path = { sessionId: 'AAAAAAAAAAAAAAAAAAAAAA==' }

  await assert.rejects(client.endpoints.sessions.getSessionDetails({ path }), {
    message: '[404/3001]: "Session does not exist: AAAAAAAAAAAAAAAAAAAAAA==."'
  })
  await assert.rejects(aClient(url, 'wrong').endpoints.sessions.getSessionDetails({ path }), {
    message: '[401/124]: "Invalid access token."'
  })
})

test('the receiver of Rivet takes the events and answers the challenge, and no other signature', async t => {
  const port = await freePort()
  const { mock, url } = await build(t, `http://127.0.0.1:${port}/zoom/events`)
  const client = aClient(url, developmentAccount.apiSecret, port)
  const heard: string[] = []
  client.webEventConsumer?.event('session.user_joined', ({ payload }) => {
    heard.push(payload.object.user.name)
  })
  const server = await client.start()
  t.after(() => server.close())
  const visit = room(mock, 'call-0001')

  visit.join('Ana 🏫', { as: 'host' })
  await visit.expects('session.user_joined', { within: '10 s' })
  const [subscription] = [...mock.world().subscriptions.values()]
  assert.ok(subscription)
  const isAnswered = await mock.challenges.challenge(mock.world(), subscription)
  subscription.secretToken = 'another secret'
  visit.join('Ben')
  const failed = await mock
    .world()
    .journal.await({ kind: 'webhook.failed', event: 'session.user_joined' })

  assert.ok(isAnswered)
  assert.ok(failed.found)
  assert.deepEqual(heard, ['Ana 🏫'])
})

test('what is published of an event by hand is what Rivet declares of it', async t => {
  const sent = new Map<string, unknown>()
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += String(chunk)
    })
    request.on('end', () => {
      const document = JSON.parse(text)
      sent.set(document.event, document)
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { mock } = await build(t, `http://127.0.0.1:${port}/`)
  const visit = room(mock, 'call-0001')
  const ana = visit.join('Ana', {
    as: 'host',
    userKey: 'a',
    sessionKey: 'k',
    phoneNumber: '+16015550123'
  })
  ana.shares().stopsSharing().startsRecording().pausesRecording().resumesRecording()
  ana.calls('+16015550177').callsRoom('203.0.113.9')
  visit.hasIssues('Call Reconnection')
  ana.endsForAll()
  await visit.expects('session.recording_completed', { within: '10 s' })
  await visit.expects('session.ended', { within: '10 s' })
  await visit.expects('session.user_room_system_callout_ringing', { within: '10 s' })

  assert.ok(sent.size >= 13)
  for (const [event, body] of sent) {
    assert.ok(Object.hasOwn(publishedEvents, event))
    const found = typeFlaws(eventTypeName(event), body)
    assert.deepEqual(found, [], event)
  }
})

function day(offset: number): string {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
}
