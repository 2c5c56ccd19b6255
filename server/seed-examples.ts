import { sql } from 'kysely'
import type { Deps } from './app.ts'
import { examples } from './examples.ts'
import { createApiKey } from './features/api-keys/routes.ts'
import { Call } from './features/calls/call.entity.ts'
import { Recording } from './features/calls/recording.entity.ts'
import { clientEventsLane } from './features/client-events/emit-events.ts'
import { ClientEvent } from './features/client-events/client-event.entity.ts'
import { ConferenceCall } from './features/conference-calls/conference-call.entity.ts'
import { Conversation } from './features/conversations/conversation.entity.ts'
import { laneOf } from './features/messages/lanes.ts'
import { Message } from './features/messages/message.entity.ts'
import { MessagingService } from './features/messaging-services/messaging-service.entity.ts'
import { NumberJob } from './features/messaging-services/number-job.entity.ts'
import { Participant } from './features/participants/participant.entity.ts'
import { Voicemail } from './features/voicemails/voicemail.entity.ts'
import type { Transaction } from './platform/database.ts'
import { newUuid } from './platform/ids.ts'
import { createBearer, development } from './seed.ts'

type SeedDeps = Pick<Deps, 'database' | 'queue' | 'clock' | 'secrets' | 'storage'>

const moderatorNumber = '+16015550144'
const sendAt = Date.UTC(2090, 0, 1)
const recordings = ['examples/conference.wav', 'examples/voicemail.wav'] as const

/**
 * Makes what the examples of the API document are about, for the offline stack: on a database of which the
 * administrator is all there is, right after `seedDevelopment`.
 */
export async function seedExamples(deps: SeedDeps): Promise<void> {
  const isThere = await deps.database.transaction(
    async tx => (await tx.em.count(Message, { uuid: examples.messageUuid })) > 0
  )
  if (isThere) return
  for (const key of recordings) await deps.storage.put(key, silence())
  await deps.database.transaction(async tx => {
    const now = deps.clock.now()
    await createBearerAndKeys(deps, tx, now)
    await createTargetService(tx, now)
    const { id: conversationId } = await createConversation(tx, now)
    await createScheduledMessage(deps, tx, conversationId, now)
    await createCalls(tx, conversationId, now)
    createDeliveredEvent(tx, now)
    await createDeadLetters(tx, now)
  })
}

/** The administrator that the examples are asked as. */
const admin = 1

async function createBearerAndKeys(deps: SeedDeps, tx: Transaction, now: number): Promise<void> {
  const bearer = await createBearer(deps, tx, {
    bearerName: 'Gradebook',
    bearerType: 'Application',
    username: 'gradebook'
  })
  for (const bearerId of [admin, admin, bearer.id]) await createApiKey(tx, bearerId, now)
}

/** Where numbers can be moved to, and a job that once moved some. */
async function createTargetService(tx: Transaction, now: number): Promise<void> {
  const service = tx.em.create(MessagingService, {
    uuid: examples.targetServiceUuid,
    bearerId: admin,
    name: 'Second district',
    globalCustomerId: 'second-district',
    providerName: 'twilio',
    providerMessagingSid: examples.targetServiceSid,
    twilioMessagingSid: examples.targetServiceSid,
    stateCode: 'MS',
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  tx.em.create(NumberJob, {
    uuid: examples.numberJobUuid,
    kind: 'provision',
    messagingServiceId: service.id,
    targetServiceId: null,
    stateCode: 'MS',
    announcementNumber: false,
    state: 'done',
    error: null,
    createdAt: now,
    finishedAt: now
  })
}

/** With a participant who may leave it. */
async function createConversation(tx: Transaction, now: number): Promise<{ id: number }> {
  const conversation = tx.em.create(Conversation, {
    bearerId: admin,
    applicationName: 'admin',
    clientConversationId: 'class-4a',
    globalId: null,
    internalConversationId: null,
    callbackUrl: null,
    welcomeMessage: null,
    moderatorId: null,
    moderatorNumber: null,
    providerNumber: null,
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  tx.em.create(Participant, {
    bearerId: admin,
    conversationId: conversation.id,
    participantNumber: '+16015550143',
    providerNumber: development.numbers[1].number,
    pairingDeactivatedAt: null,
    lastActiveAt: now,
    createdAt: now
  })
  return conversation
}

/** It can be read, given media copies, and called back. */
async function createScheduledMessage(
  { queue }: SeedDeps,
  tx: Transaction,
  conversationId: number,
  now: number
): Promise<void> {
  const uuid = examples.messageUuid
  tx.em.create(Message, {
    uuid,
    bearerId: admin,
    conversationId,
    announcementId: null,
    clientMessageId: null,
    direction: 'outbound',
    senderNumber: development.numbers[0].number,
    receiverNumber: development.parentNumber,
    messageBody: 'School is closed today.',
    mediaUrls: '["https://media.example/snow.jpg"]',
    mediaFileUrls: '[]',
    messageType: 'mms',
    priority: 'normal',
    provider: 'twilio',
    providerStatus: null,
    internalStatus: 'scheduled',
    messageSid: null,
    messagingServiceSid: null,
    globalCustomerId: null,
    callbackUrl: null,
    errorCode: null,
    errorDescription: null,
    answeredBy: null,
    callAttempts: 0,
    numSegments: 1,
    encoding: 'GSM-7',
    sendAt,
    providerCallAt: null,
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  await queue.publish(
    [{ lane: laneOf('normal'), fairnessKey: admin, orderKey: uuid, payload: uuid, dueAt: sendAt }],
    tx
  )
}

/** A conference that is over, with its moderator's call, and a voicemail; both were recorded. */
async function createCalls(tx: Transaction, conversationId: number, now: number): Promise<void> {
  const conference = tx.em.create(ConferenceCall, {
    uuid: examples.conferenceCallUuid,
    bearerId: admin,
    conversationId,
    conferenceSid: null,
    twilioNumber: development.numbers[0].number,
    moderatorNumber,
    participantNumbers: JSON.stringify([development.parentNumber]),
    welcomeMessage: null,
    callbackUrl: null,
    internalStatus: 'completed',
    providerStatus: 'conference-end',
    errorCode: null,
    errorDescription: null,
    failedAt: null,
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  const ended = {
    bearerId: admin,
    conversationId,
    callSid: null,
    dialledSid: null,
    providerNumber: development.numbers[0].number,
    moderatorId: null,
    clientCallId: null,
    callbackUrl: null,
    internalStatus: 'completed',
    providerStatus: 'completed',
    answeredBy: null,
    errorCode: null,
    errorDescription: null,
    failedAt: null,
    providerCallAt: null,
    joinedAt: null,
    leftAt: null,
    welcomedAt: null,
    heardAt: now,
    recordingSought: 0,
    createdAt: now,
    updatedAt: now
  }
  const moderator = tx.em.create(Call, {
    ...ended,
    uuid: examples.callUuid,
    conferenceCallId: conference.id,
    kind: 'moderator',
    participantNumber: moderatorNumber,
    menuChoice: null
  })
  const returned = tx.em.create(Call, {
    ...ended,
    uuid: newUuid(now),
    conferenceCallId: null,
    kind: 'return',
    participantNumber: development.parentNumber,
    menuChoice: 'voicemail'
  })
  await tx.em.flush()
  const [ofConference, ofVoicemail] = recordings
  createRecording(tx, moderator.id, ofConference, now)
  const recording = createRecording(tx, returned.id, ofVoicemail, now)
  await tx.em.flush()
  const voicemail = tx.em.create(Voicemail, {
    uuid: newUuid(now),
    bearerId: admin,
    callId: returned.id,
    recordingId: recording.id,
    conversationId,
    callerId: development.parentNumber,
    participantNumber: development.parentNumber,
    providerNumber: development.numbers[0].number,
    callbackUrl: null,
    internalStatus: 'completed',
    providerStatus: 'completed',
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  recording.voicemailId = voicemail.id
}

const createRecording = (tx: Transaction, callId: number, storageKey: string, now: number) =>
  tx.em.create(Recording, {
    // As no provider makes one.
    recordingSid: storageKey,
    bearerId: admin,
    callId,
    voicemailId: null,
    status: 'stored',
    durationSeconds: 1,
    storageKey,
    contentType: 'audio/wav',
    bytes: header.length + samplesPerSecond,
    transcriptionSid: null,
    transcriptionStatus: null,
    transcriptionText: null,
    deletedAtProvider: now,
    createdAt: now,
    updatedAt: now
  })

function createDeliveredEvent(tx: Transaction, now: number): void {
  const eventId = newUuid(now)
  const at = new Date(now).toISOString()
  const type = 'messages.message.status_update'
  tx.em.create(ClientEvent, {
    eventId,
    type,
    bearerId: admin,
    resourceId: examples.messageUuid,
    occurrence: 'scheduled',
    callbackUrl: null,
    payload: JSON.stringify({
      type,
      event_id: eventId,
      created_at: at,
      occurred_at: at,
      message_uuid: examples.messageUuid,
      internal_status: 'scheduled'
    }),
    status: 'delivered',
    attempts: 1,
    nextAttemptAt: null,
    createdAt: now,
    settledAt: now
  })
}

/** Of a callback that is forgotten and of events that were delivered: to try again does no harm. */
async function createDeadLetters(tx: Transaction, now: number): Promise<void> {
  const letters = [
    { lane: 'provider-callbacks', payload: '0' },
    { lane: clientEventsLane, payload: examples.messageUuid }
  ]
  for (const { lane, payload } of letters)
    await sql`insert into dead_letters (lane, fairness_key, payload, attempts, error, created_at, dead_at)
      values (${lane}, ${admin}, ${payload}, 5, 'An example of work that was given up.', ${now}, ${now})`.execute(
      tx.sql
    )
}

const samplesPerSecond = 8_000
/** Of a WAV file with a second of μ-law telephone sound. */
const header = Buffer.from(
  '52494646641f000057415645666d74201000000007000100401f0000401f00000100080064617461401f0000',
  'hex'
)

// oxlint-disable-next-line require-await
async function* silence(): AsyncGenerator<Uint8Array> {
  yield header
  yield Buffer.alloc(samplesPerSecond, 0xff)
}
