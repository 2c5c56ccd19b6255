import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { parseSchedule } from './config.ts'
import { entities } from './entities.ts'
import { apiKeyRoutes } from './features/api-keys/routes.ts'
import { bearerRoutes } from './features/bearers/routes.ts'
import { auditPlugin } from './features/audit-log/record-actions.ts'
import { auditLogRoutes } from './features/audit-log/routes.ts'
import { createAnnouncementChanges } from './features/announcements/change-announcements.ts'
import { announcementEvents } from './features/announcements/events.ts'
import { createAnnouncementExpansion } from './features/announcements/expand-announcements.ts'
import {
  announcementCallsLane,
  announcementChangesLane,
  announcementsLane,
  announcementTextsLane
} from './features/announcements/lanes.ts'
import {
  createNumberProvisioning,
  numberProvisioningLane
} from './features/announcements/provision-numbers.ts'
import { announcementRoutes } from './features/announcements/routes.ts'
import { announcementRules } from './features/announcements/send-announcements.ts'
import { complianceRoutes } from './features/compliance/routes.ts'
import { createCallChecks } from './features/calls/check-calls.ts'
import { callEvents } from './features/calls/events.ts'
import { callChecksLane, recordingsLane } from './features/calls/lanes.ts'
import { callRoutes } from './features/calls/routes.ts'
import { createRecordingTakeOver } from './features/calls/take-over-recordings.ts'
import { createEventDelivery } from './features/client-events/deliver-events.ts'
import { clientEventsLane } from './features/client-events/emit-events.ts'
import { createEventSender } from './features/client-events/event-sender.ts'
import { clientEventRoutes } from './features/client-events/routes.ts'
import { deadLetterRoutes } from './features/dead-letters/routes.ts'
import { createConferenceDirection } from './features/conference-calls/direct-conferences.ts'
import { conferenceCallEvents } from './features/conference-calls/events.ts'
import { conferenceCallsLane } from './features/conference-calls/lanes.ts'
import { conferenceCallRoutes } from './features/conference-calls/routes.ts'
import { conversationRoutes } from './features/conversations/routes.ts'
import {
  createMessageChecks,
  createStatusQuestions,
  messageChecksLane,
  publishMessageChecks,
  statusQuestionsLane
} from './features/messages/ask-after-messages.ts'
import { createMessageDelivery, urgentTexts } from './features/messages/deliver-messages.ts'
import { messageEvents } from './features/messages/events.ts'
import { highLane, normalLane } from './features/messages/lanes.ts'
import { messageRoutes } from './features/messages/routes.ts'
import { messagingServiceAdminRoutes } from './features/messaging-services/admin-routes.ts'
import { createNumberJobs } from './features/messaging-services/do-number-jobs.ts'
import { numberJobsLane } from './features/messaging-services/number-jobs.ts'
import {
  createNumberSynchronization,
  publishSynchronization,
  synchronizationLane
} from './features/messaging-services/synchronize-numbers.ts'
import { messagingServiceRoutes } from './features/messaging-services/routes.ts'
import { optOutRoutes } from './features/opt-outs/routes.ts'
import { participantRoutes } from './features/participants/routes.ts'
import { callCallbackRoutes } from './features/provider-callbacks/call-routes.ts'
import { createCallbackProcessing } from './features/provider-callbacks/process-callbacks.ts'
import {
  createCallbackReceipt,
  providerCallbacksLane
} from './features/provider-callbacks/receive-callbacks.ts'
import { providerCallbackRoutes } from './features/provider-callbacks/routes.ts'
import { zoomCallbackRoutes } from './features/provider-callbacks/zoom-routes.ts'
import { statsRoutes } from './features/stats/routes.ts'
import {
  announcementStats,
  callStats,
  clientEventStats,
  conferenceCallStats,
  messageStats
} from './features/stats/sources.ts'
import { healthRoutes, statusRoutes } from './features/status/routes.ts'
import { videoCallEvents } from './features/video-calls/events.ts'
import {
  videoCallsLane,
  videoRecordingsLane,
  videoSweepLane
} from './features/video-calls/lanes.ts'
import { videoCallRoutes } from './features/video-calls/routes.ts'
import { createSessionSweep, publishSessionSweep } from './features/video-calls/sweep-sessions.ts'
import { createRecordingTakeover } from './features/video-calls/take-over-recordings.ts'
import { createVideoCallWatch } from './features/video-calls/watch-video-calls.ts'
import { usageLimitRoutes } from './features/usage-limits/routes.ts'
import { createUsageGuard, type UsageGuard } from './features/usage-limits/usage-guard.ts'
import { sdkAnswerRoutes } from './features/sdk-calls/answer-routes.ts'
import { sdkCallRoutes } from './features/sdk-calls/routes.ts'
import { voicemailEvents } from './features/voicemails/events.ts'
import { voicemailRoutes } from './features/voicemails/routes.ts'
import { migrations } from './migrations/list.ts'
import { accessPlugin } from './platform/access.ts'
import type { Clock } from './platform/clock.ts'
import { createDatabaseQueue } from './platform/database-queue.ts'
import { type Database, openDatabase } from './platform/database.ts'
import { createHttpServer } from './platform/http.ts'
import { idempotencyPlugin } from './platform/idempotency.ts'
import { createMetrics, type Metrics, watchLanes } from './platform/metrics.ts'
import { isFolderStorage } from './platform/folder-storage.ts'
import { openStorage } from './platform/open-storage.ts'
import { registerOpenApi } from './platform/openapi.ts'
import type { Consumer, Queue } from './platform/queue.ts'
import { createSecretBox, developmentSecretKey, type SecretBox } from './platform/secrets.ts'
import type { Storage } from './platform/storage.ts'
import { storedFileRoutes } from './platform/stored-files.ts'
import { connectTwilio } from './providers/twilio/client.ts'
import { createTwilioGateway, type TwilioGateway } from './providers/twilio/gateway.ts'
import { connectZoom } from './providers/zoom/client.ts'
import { createZoomGateway, type ZoomGateway } from './providers/zoom/gateway.ts'
import { createSessionTokens } from './providers/zoom/session-token.ts'
import { createTwilioNumbers, type TwilioNumbers } from './providers/twilio/numbers.ts'
import { createVoiceGateway, type VoiceGateway } from './providers/twilio/voice.ts'
import { parseSendingRates } from './telephony/sending-rate.ts'
import { textProblem } from './telephony/text.ts'

/** What the features are made of. */
export interface Deps {
  config: Config
  clock: Clock
  log: Logger
  metrics: Metrics
  database: Database
  queue: Queue
  secrets: SecretBox
  storage: Storage
  twilio: TwilioGateway
  numbers: TwilioNumbers
  zoom: ZoomGateway
  guard: UsageGuard
  voice: VoiceGateway
  close(): Promise<void>
}

/** Opens everything that features need: database, lanes, provider. Nothing runs yet. */
export async function createDeps({
  config,
  clock,
  log
}: Pick<Deps, 'config' | 'clock' | 'log'>): Promise<Deps> {
  const metrics = createMetrics()
  const secrets = createSecretBox(
    config.SECRET_KEY === '' ? developmentSecretKey : config.SECRET_KEY
  )
  const database = await openDatabase({
    url: config.DATABASE_URL,
    entities,
    migrations,
    pool: config.DATABASE_POOL,
    sqliteSynchronous: config.SQLITE_SYNCHRONOUS
  })
  const queue = createDatabaseQueue({
    database,
    clock,
    log,
    leaseMs: config.LEASE_MS,
    shared: database.dialect === 'postgresql'
  })
  watchLanes(metrics, queue, clock)
  const storage = openStorage(config, clock)
  const provider = connectTwilio(
    {
      accountSid: config.TWILIO_ACCOUNT_SID,
      apiKey: config.TWILIO_API_KEY,
      apiSecret: config.TWILIO_API_SECRET
    },
    config.TWILIO_MODE === 'mock' ? config.TWILIO_BASE_URL : undefined
  )
  const zoom = connectZoom(
    { apiKey: config.ZOOM_API_KEY, apiSecret: config.ZOOM_API_SECRET },
    config.ZOOM_MODE === 'live' ? undefined : config.ZOOM_BASE_URL,
    clock
  )
  return {
    config,
    clock,
    log,
    metrics,
    database,
    queue,
    secrets,
    storage,
    twilio: createTwilioGateway(provider.client),
    numbers: createTwilioNumbers(provider.client),
    zoom: createZoomGateway(zoom),
    guard: createUsageGuard({ database, clock, config }),
    voice: createVoiceGateway(provider),
    async close() {
      queue.close()
      await provider.close()
      await zoom.close()
      storage.close()
      await database.close()
    }
  }
}

/** The chapters of the API document. */
const tags = [
  { name: 'Status', description: 'Whether the API can do its work.' },
  { name: 'Bearers', description: 'Who may use the API: administrators, applications and users.' },
  { name: 'API keys', description: 'Tokens of a bearer. Each is shown once and kept as a hash.' },
  {
    name: 'Conversations',
    description: 'Threads between a school and its participants, known by your own ids.'
  },
  { name: 'Participants', description: 'Pairings of a participant and one of our numbers.' },
  { name: 'Messages', description: 'Texts: sent now or later, read, listed, canceled.' },
  {
    name: 'Messaging services',
    description: 'The numbers of a customer, as the provider groups them.'
  },
  { name: 'Announcements', description: 'One text to very many, each reached once.' },
  { name: 'Video calls', description: 'Sessions that people join by token; recorded and limited.' },
  {
    name: 'Conference calls',
    description: 'A moderator is called, then everybody else, and all talk together.'
  },
  { name: 'SDK calls', description: 'Calls from browsers, return calls, and voicemails.' },
  { name: 'Calls', description: 'Every call and leg, with its recording.' },
  { name: 'Webhooks', description: 'What your applications were told, and how that went.' },
  { name: 'Dead letters', description: 'Work that was given up, of every kind.' },
  { name: 'Opt-outs', description: 'Who wants no more texts from whom.' },
  { name: 'Audit log', description: 'What administrators did.' },
  { name: 'Statistics', description: 'How much there was of everything.' },
  { name: 'Provider callbacks', description: 'Called by Twilio and Zoom, signed.' },
  { name: 'Events', description: 'What is sent to your `callback_url`.' }
]

/** The API: platform, then every feature by name. Listening is the caller's. */
export async function createApp(deps: Deps): Promise<FastifyInstance> {
  const { config, database, metrics } = deps
  const app = await createHttpServer({ config, log: deps.log, metrics, textProblem })
  await registerOpenApi(app, {
    tags,
    events: [
      ...messageEvents,
      ...announcementEvents,
      ...conferenceCallEvents,
      ...callEvents,
      ...voicemailEvents,
      ...videoCallEvents
    ]
  })
  await app.register(accessPlugin, { database, believedMs: config.TOKEN_CACHE_MS })
  await app.register(idempotencyPlugin, deps)
  await app.register(auditPlugin, deps)

  const receipt = createCallbackReceipt(deps)
  await app.register(healthRoutes, { database, metrics })
  await app.register(complianceRoutes, { config, receipt })
  if (isFolderStorage(deps.storage))
    await app.register(storedFileRoutes, { storage: deps.storage, clock: deps.clock })
  await app.register(
    async api => {
      await api.register(statusRoutes, { database })
      await api.register(bearerRoutes, { deps })
      await api.register(usageLimitRoutes, { deps })
      await api.register(auditLogRoutes, { deps })
      await api.register(apiKeyRoutes, { deps })
      await api.register(conversationRoutes, { deps })
      await api.register(participantRoutes, { deps })
      await api.register(messageRoutes, { deps, config })
      await api.register(announcementRoutes, { deps, config })
      await api.register(messagingServiceRoutes, { deps })
      await api.register(messagingServiceAdminRoutes, { deps })
      await api.register(clientEventRoutes, { deps })
      await api.register(deadLetterRoutes, { deps })
      await api.register(optOutRoutes, { deps })
      await api.register(statsRoutes, {
        deps,
        sources: [messageStats, callStats, conferenceCallStats, announcementStats, clientEventStats]
      })
      await api.register(conferenceCallRoutes, { deps })
      await api.register(sdkCallRoutes, { deps, config })
      await api.register(voicemailRoutes, { deps })
      await api.register(callRoutes, { deps })
      await api.register(providerCallbackRoutes, { config, receipt, database })
      await api.register(callCallbackRoutes, { config, receipt, database, clock: deps.clock })
      await api.register(sdkAnswerRoutes, { deps, config, receipt })
      if (config.ZOOM_MODE === 'off') return
      const signToken = createSessionTokens({
        sdkKey: config.ZOOM_SDK_KEY,
        sdkSecret: config.ZOOM_SDK_SECRET
      })
      await api.register(videoCallRoutes, { deps: { ...deps, signToken } })
      await api.register(zoomCallbackRoutes, { config, clock: deps.clock, receipt })
    },
    { prefix: '/api/v1' }
  )
  return app
}

/** The consumers of every lane. */
export interface Workers {
  /** Finishes what is in flight, or hands it back when the grace is over. */
  stop(): Promise<void>
}

/** Starts consuming the lanes. High priority has consumers of its own, so that no flood stands before it. */
export function startWorkers(deps: Deps): Workers {
  const { config, queue } = deps
  const sender = createEventSender({
    allowPrivate: config.ALLOW_PRIVATE_CALLBACKS,
    timeoutMs: config.CLIENT_EVENT_TIMEOUT_MS
  })
  const rates = parseSendingRates(config.SENDING_RATES)
  const deliverMessages = createMessageDelivery(deps)
  const deliverEvents = createEventDelivery({
    ...deps,
    sender,
    timeoutMs: config.CLIENT_EVENT_TIMEOUT_MS,
    retryScheduleMs: parseSchedule(config.CLIENT_EVENT_RETRY_SCHEDULE)
  })
  const consumers: Consumer[] = [
    queue.consume(
      highLane,
      { batchSize: 32, maxInFlight: 64, urgent: true },
      createMessageDelivery(deps, urgentTexts)
    ),
    queue.consume(normalLane, { batchSize: 64, maxInFlight: 128 }, deliverMessages),
    queue.consume(
      announcementsLane,
      { batchSize: 1, maxInFlight: 1 },
      createAnnouncementExpansion({ ...deps, rates })
    ),
    queue.consume(
      numberProvisioningLane,
      { batchSize: 1, maxInFlight: 4 },
      createNumberProvisioning(deps)
    ),
    queue.consume(
      announcementTextsLane,
      // All that may stand before a high-priority message.
      { batchSize: 24, maxInFlight: 48 },
      createMessageDelivery(deps, announcementRules({ ...deps, rates }, 'text'))
    ),
    queue.consume(
      announcementCallsLane,
      { batchSize: 50, maxInFlight: 100 },
      createMessageDelivery(deps, announcementRules({ ...deps, rates }, 'call'))
    ),
    queue.consume(
      announcementChangesLane,
      { batchSize: 1, maxInFlight: 1 },
      createAnnouncementChanges({ ...deps, rates })
    ),
    queue.consume(
      synchronizationLane,
      { batchSize: 4, maxInFlight: 4 },
      createNumberSynchronization(deps)
    ),
    queue.consume(numberJobsLane, { batchSize: 1, maxInFlight: 2 }, createNumberJobs(deps)),
    queue.consume(messageChecksLane, { batchSize: 1, maxInFlight: 1 }, createMessageChecks(deps)),
    queue.consume(
      statusQuestionsLane,
      { batchSize: 1, maxInFlight: 1 },
      createStatusQuestions(deps)
    ),
    queue.consume(
      conferenceCallsLane,
      { batchSize: 32, maxInFlight: 128 },
      createConferenceDirection(deps)
    ),
    queue.consume(callChecksLane, { batchSize: 32, maxInFlight: 64 }, createCallChecks(deps)),
    queue.consume(recordingsLane, { batchSize: 8, maxInFlight: 16 }, createRecordingTakeOver(deps)),
    queue.consume(
      providerCallbacksLane,
      // An entry stands for up to a hundred callbacks.
      { batchSize: 4, maxInFlight: 4, maxBatches: 1 },
      createCallbackProcessing(deps)
    ),
    queue.consume(
      clientEventsLane,
      { batchSize: 100, maxInFlight: 256, maxInFlightPerKey: 192 },
      deliverEvents
    ),
    ...(config.ZOOM_MODE === 'off' ? [] : consumeVideo(deps))
  ]
  const checksBegun = publishMessageChecks(deps)
    .then(() => publishSynchronization(deps))
    .then(() => (config.ZOOM_MODE === 'off' ? undefined : publishSessionSweep(deps)))
    .catch((error: unknown) => deps.log.error({ err: error }, 'work by the clock did not begin'))
  return {
    async stop() {
      await checksBegun
      await Promise.all(consumers.map(consumer => consumer.stop(config.SHUTDOWN_GRACE_MS)))
      await sender.close()
    }
  }
}

/** The consumers of the lanes of video calls. */
function consumeVideo(deps: Deps): Consumer[] {
  const { queue } = deps
  return [
    queue.consume(
      videoCallsLane,
      { batchSize: 16, maxInFlight: 32, maxInFlightPerKey: 24 },
      createVideoCallWatch(deps)
    ),
    queue.consume(
      videoRecordingsLane,
      { batchSize: 4, maxInFlight: 8, maxInFlightPerKey: 6 },
      createRecordingTakeover(deps)
    ),
    queue.consume(videoSweepLane, { batchSize: 1, maxInFlight: 1 }, createSessionSweep(deps))
  ]
}
