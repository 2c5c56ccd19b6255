import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { parseSchedule } from './config.ts'
import { entities } from './entities.ts'
import { apiKeyRoutes } from './features/api-keys/routes.ts'
import { bearerRoutes } from './features/bearers/routes.ts'
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
import { createCallChecks } from './features/calls/check-calls.ts'
import { callEvents } from './features/calls/events.ts'
import { callChecksLane, recordingsLane } from './features/calls/lanes.ts'
import { callRoutes } from './features/calls/routes.ts'
import { createRecordingTakeOver } from './features/calls/take-over-recordings.ts'
import { createEventDelivery } from './features/client-events/deliver-events.ts'
import { clientEventsLane } from './features/client-events/emit-events.ts'
import { createEventSender } from './features/client-events/event-sender.ts'
import { clientEventRoutes } from './features/client-events/routes.ts'
import { createConferenceDirection } from './features/conference-calls/direct-conferences.ts'
import { conferenceCallEvents } from './features/conference-calls/events.ts'
import { conferenceCallsLane } from './features/conference-calls/lanes.ts'
import { conferenceCallRoutes } from './features/conference-calls/routes.ts'
import { conversationRoutes } from './features/conversations/routes.ts'
import {
  createMessageChecks,
  messageChecksLane,
  publishMessageChecks
} from './features/messages/ask-after-messages.ts'
import { createMessageDelivery } from './features/messages/deliver-messages.ts'
import { messageEvents } from './features/messages/events.ts'
import { highLane, normalLane } from './features/messages/lanes.ts'
import { messageRoutes } from './features/messages/routes.ts'
import { participantRoutes } from './features/participants/routes.ts'
import { callCallbackRoutes } from './features/provider-callbacks/call-routes.ts'
import { createCallbackProcessing } from './features/provider-callbacks/process-callbacks.ts'
import {
  createCallbackReceipt,
  providerCallbacksLane
} from './features/provider-callbacks/receive-callbacks.ts'
import { providerCallbackRoutes } from './features/provider-callbacks/routes.ts'
import { sdkAnswerRoutes } from './features/sdk-calls/answer-routes.ts'
import { sdkCallRoutes } from './features/sdk-calls/routes.ts'
import { healthRoutes, statusRoutes } from './features/status/routes.ts'
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
    voice: createVoiceGateway(provider),
    async close() {
      queue.close()
      await provider.close()
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
  { name: 'Announcements', description: 'One text to very many, each reached once.' },
  {
    name: 'Conference calls',
    description: 'A moderator is called, then everybody else, and all talk together.'
  },
  { name: 'SDK calls', description: 'Calls from browsers, return calls, and voicemails.' },
  { name: 'Calls', description: 'Every call and leg, with its recording.' },
  { name: 'Webhooks', description: 'What your applications were told, and how that went.' },
  { name: 'Provider callbacks', description: 'Called by Twilio, signed.' },
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
      ...voicemailEvents
    ]
  })
  await app.register(accessPlugin, { database, believedMs: config.TOKEN_CACHE_MS })
  await app.register(idempotencyPlugin, deps)

  await app.register(healthRoutes, { database, metrics })
  if (isFolderStorage(deps.storage))
    await app.register(storedFileRoutes, { storage: deps.storage, clock: deps.clock })
  await app.register(
    async api => {
      await api.register(statusRoutes, { database })
      await api.register(bearerRoutes, { deps })
      await api.register(apiKeyRoutes, { deps })
      await api.register(conversationRoutes, { deps })
      await api.register(participantRoutes, { deps })
      await api.register(messageRoutes, { deps, config })
      await api.register(announcementRoutes, { deps, config })
      await api.register(clientEventRoutes, { deps })
      await api.register(conferenceCallRoutes, { deps })
      await api.register(sdkCallRoutes, { deps, config })
      await api.register(voicemailRoutes, { deps })
      await api.register(callRoutes, { deps })
      const receipt = createCallbackReceipt(deps)
      await api.register(providerCallbackRoutes, { config, receipt, database })
      await api.register(callCallbackRoutes, { config, receipt, database, clock: deps.clock })
      await api.register(sdkAnswerRoutes, { deps, config, receipt })
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
    queue.consume(highLane, { batchSize: 32, maxInFlight: 64 }, deliverMessages),
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
      { batchSize: 100, maxInFlight: 200 },
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
    queue.consume(messageChecksLane, { batchSize: 1, maxInFlight: 1 }, createMessageChecks(deps)),
    queue.consume(
      conferenceCallsLane,
      { batchSize: 32, maxInFlight: 128 },
      createConferenceDirection(deps)
    ),
    queue.consume(callChecksLane, { batchSize: 32, maxInFlight: 64 }, createCallChecks(deps)),
    queue.consume(recordingsLane, { batchSize: 8, maxInFlight: 16 }, createRecordingTakeOver(deps)),
    queue.consume(
      providerCallbacksLane,
      { batchSize: 200, maxInFlight: 400 },
      createCallbackProcessing(deps)
    ),
    queue.consume(
      clientEventsLane,
      { batchSize: 100, maxInFlight: 256, maxInFlightPerKey: 192 },
      deliverEvents
    )
  ]
  const checksBegun = publishMessageChecks(deps).catch((error: unknown) =>
    deps.log.error({ err: error }, 'silent messages are not asked after')
  )
  return {
    async stop() {
      await checksBegun
      await Promise.all(consumers.map(consumer => consumer.stop(config.SHUTDOWN_GRACE_MS)))
      await sender.close()
    }
  }
}
