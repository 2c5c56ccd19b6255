import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import { type ErrorDetail, errors, invalidValues } from '../../platform/errors.ts'
import { newUuid } from '../../platform/ids.ts'
import type { VideoCallDeps } from './create-video-call.ts'
import { tokenTimes } from './issue-token.ts'
import { videoCallsLane } from './lanes.ts'
import { isOver } from './lifecycle.ts'
import { endAtOf, findVideoCalls, presentVideoCall } from './read-video-call.ts'
import type { CreateVideoCallParticipant, VideoCallParticipant as Participant } from './schemas.ts'
import { VideoCallParticipant } from './video-call-participant.entity.ts'

/**
 * Gives somebody a token for a call.
 *
 * @throws 404 for an unknown call and another bearer's, 409 for one that is over, 422 naming the fields at fault
 */
export async function createParticipant(
  deps: VideoCallDeps,
  tx: Transaction,
  bearerId: number,
  fields: CreateVideoCallParticipant
): Promise<Participant> {
  const { clock, config, database, queue } = deps
  const [known] = await findVideoCalls(database, tx.sql, 'session_key', [sessionKeyOf(fields)])
  if (known?.call.bearer_id !== bearerId) throw new errors.notFound('There is no such video call.')
  const { call } = known
  const now = clock.now()
  const endAt = endAtOf(call, call.start_time)
  if (isOver(call.internal_status) || (endAt !== undefined && endAt <= now))
    throw new errors.conflict('The video call is over.')

  const { issuedAt, expiresAt } = tokenTimes(now, endAt, config.VIDEO_TOKEN_MINUTES)
  const participant = tx.em.create(VideoCallParticipant, {
    videoCallId: call.id,
    userKey: fields.user_key ?? newUuid(now),
    username: fields.username,
    isHost: fields.is_host ?? false,
    tokenIssuedAt: issuedAt,
    tokenExpiresAt: expiresAt,
    createdAt: now,
    updatedAt: now
  })
  await tx.em.flush()
  if (expiresAt * 1_000 > call.joinable_until)
    await sql`update video_calls set joinable_until = ${expiresAt * 1_000} where id = ${call.id}`.execute(
      tx.sql
    )
  await queue.publish(
    [
      {
        lane: videoCallsLane,
        fairnessKey: bearerId,
        orderKey: call.uuid,
        payload: call.uuid,
        dueAt: expiresAt * 1_000
      }
    ],
    tx
  )
  const [after] = await findVideoCalls(database, tx.sql, 'id', [call.id])
  if (!after) throw new Error(`The video call ${call.uuid} is gone`)
  const { video_call_participants } = await presentVideoCall(
    after,
    deps.storage,
    now,
    deps.signToken
  )
  const created = video_call_participants.find(({ id }) => id === participant.id)
  if (!created) throw new Error(`A participant of ${call.uuid} was stored and is not there`)
  return created
}

/** The contract has two names for it. */
function sessionKeyOf(fields: CreateVideoCallParticipant): string {
  const { session_key, shunkan_ido_session_key, username } = fields
  const problems: ErrorDetail[] = []
  const complain = (field: string, message: string): void => {
    problems.push({ field: `participant.${field}`, message })
  }
  const key = session_key ?? shunkan_ido_session_key
  if (key === undefined) complain('session_key', 'is required')
  else if (shunkan_ido_session_key !== undefined && shunkan_ido_session_key !== key)
    complain('shunkan_ido_session_key', 'must be the same as session_key when both are given')
  if (username.trim() === '') complain('username', 'must not be blank')
  if (problems.length > 0 || key === undefined) throw invalidValues(problems)
  return key
}
