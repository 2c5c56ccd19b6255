import { UniqueConstraintViolationException } from '@mikro-orm/core'
import type { Config } from '../../config.ts'
import type { CurrentBearer } from '../../platform/access.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Transaction } from '../../platform/database.ts'
import { type ErrorDetail, errors, invalidValues } from '../../platform/errors.ts'
import { newUuid } from '../../platform/ids.ts'
import type { Queue } from '../../platform/queue.ts'
import type { Storage } from '../../platform/storage.ts'
import { httpUrlProblem } from '../../platform/url-check.ts'
import type { SessionClaims } from '../../providers/zoom/session-token.ts'
import { resolveConversations } from '../conversations/resolve-conversations.ts'
import { tokenTimes } from './issue-token.ts'
import { videoCallsLane } from './lanes.ts'
import { findVideoCalls, presentVideoCall } from './read-video-call.ts'
import type { CreatedVideoCall, CreateVideoCall } from './schemas.ts'
import { VideoCallParticipant } from './video-call-participant.entity.ts'
import { VideoCall } from './video-call.entity.ts'

export interface VideoCallDeps {
  config: Pick<Config, 'VIDEO_CALL_MINUTES' | 'VIDEO_TOKEN_MINUTES'>
  database: Database
  queue: Queue
  clock: Clock
  storage: Storage
  signToken: (claims: SessionClaims) => string
}

/**
 * Stores a call, its host and the work of looking after it, all or nothing. The session itself is the provider's:
 * it begins when the first person joins.
 *
 * @throws 422 naming every field at fault, 409 for a name or key that is taken
 */
export async function createVideoCall(
  deps: VideoCallDeps,
  tx: Transaction,
  bearer: CurrentBearer,
  fields: CreateVideoCall
): Promise<CreatedVideoCall> {
  refuseWrong(fields)
  const { config, database, queue, clock } = deps
  const now = clock.now()
  const uuid = newUuid(now)
  const [conversation] = await resolveConversations(
    database,
    tx,
    [
      {
        bearerId: bearer.id,
        applicationName: fields.application_name ?? bearer.name,
        clientConversationId: fields.client_conversation_id ?? null,
        globalId: fields.global_id ?? null,
        internalConversationId: fields.internal_conversation_id ?? null,
        callbackUrl: fields.callback_url ?? null
      }
    ],
    now
  )
  const sessionName = fields.session_name ?? `call-${uuid}`
  const { issuedAt, expiresAt } = tokenTimes(now, undefined, config.VIDEO_TOKEN_MINUTES)
  const call = tx.em.create(VideoCall, {
    uuid,
    bearerId: bearer.id,
    conversationId: conversation?.id ?? null,
    sessionKey: fields.session_key ?? uuid,
    sessionName,
    topic: sessionName.toLowerCase(),
    hostUsername: fields.host_username,
    maximumCallLength: fields.maximum_call_length ?? config.VIDEO_CALL_MINUTES,
    recording: fields.recording ?? false,
    callbackUrl: fields.callback_url ?? null,
    internalStatus: 'created',
    joinableUntil: expiresAt * 1_000,
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  tx.em.create(VideoCallParticipant, {
    videoCallId: call.id,
    userKey: newUuid(now),
    username: fields.host_username,
    isHost: true,
    tokenIssuedAt: issuedAt,
    tokenExpiresAt: expiresAt,
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  await queue.publish(
    [
      {
        lane: videoCallsLane,
        fairnessKey: bearer.id,
        orderKey: uuid,
        payload: uuid,
        dueAt: call.joinableUntil
      }
    ],
    tx
  )
  const [known] = await findVideoCalls(database, tx.sql, 'id', [call.id])
  if (!known) throw new Error(`The video call ${uuid} was stored and is not there`)
  const {
    video_call_participants: _participants,
    video_call_recordings: _recordings,
    ...created
  } = await presentVideoCall(known, deps.storage, now, deps.signToken)
  return created
}

/** What the schema cannot say. */
function refuseWrong(fields: CreateVideoCall): void {
  const problems: ErrorDetail[] = []
  const complain = (field: string, message: string | undefined): void => {
    if (message !== undefined) problems.push({ field: `video_call.${field}`, message })
  }
  const isBlank = (text: string | undefined): boolean => text !== undefined && text.trim() === ''
  if (isBlank(fields.host_username)) complain('host_username', 'must not be blank')
  if (isBlank(fields.session_key)) complain('session_key', 'must not be blank')
  if (fields.session_name !== undefined && fields.session_name !== fields.session_name.trim())
    complain('session_name', 'must not begin or end with a space')
  if (fields.callback_url !== undefined)
    complain('callback_url', httpUrlProblem(fields.callback_url))
  if (problems.length > 0) throw invalidValues(problems)
}

/**
 * Names and keys belong to the provider's account, whoever the bearer is: two calls of one name would meet in
 * one room.
 */
export async function refusingTakenNames<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UniqueConstraintViolationException)) throw error
    if (/video_calls_session_key|\.session_key/.test(error.message))
      throw new errors.conflict('This session_key has been used; choose another, or none.')
    if (/video_calls_open_topic|\.topic/.test(error.message))
      throw new errors.conflict(
        'A call of this session_name is not over yet; choose another name, or none.'
      )
    throw error
  }
}
