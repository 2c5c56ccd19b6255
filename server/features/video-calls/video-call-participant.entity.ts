import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** Somebody who was given a token for a call. The token itself is signed again whenever it is shown. */
export const VideoCallParticipant = defineEntity({
  name: 'VideoCallParticipant',
  tableName: 'video_call_participants',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    videoCallId: p.bigint('number').index('video_call_participants_call'),
    /** By which the provider's events name the person. */
    userKey: p.text(),
    username: p.text(),
    isHost: p.boolean(),
    /** Whole seconds since the epoch, as the token says them. */
    tokenIssuedAt: p.bigint('number'),
    tokenExpiresAt: p.bigint('number'),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  }
})
export type VideoCallParticipant = InferEntity<typeof VideoCallParticipant>
