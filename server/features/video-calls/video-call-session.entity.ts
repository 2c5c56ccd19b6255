import { defineEntity, p } from '@mikro-orm/core'

/**
 * A session that was held under a call's name. When the last person leaves, the provider ends it; who comes
 * back is in a new one. What is not known yet is null.
 */
export const VideoCallSession = defineEntity({
  name: 'VideoCallSession',
  tableName: 'video_call_sessions',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    videoCallId: p.bigint('number').index('video_call_sessions_call'),
    sessionId: p.text().unique('video_call_sessions_session'),
    startedAt: p.bigint('number').nullable(),
    endedAt: p.bigint('number').nullable(),
    /** When we had the provider end it. */
    endAskedAt: p.bigint('number').nullable(),
    /** When we had the provider record it. */
    recordingAskedAt: p.bigint('number').nullable(),
    /** When it was first heard of a recording. */
    recordedAt: p.bigint('number').nullable(),
    /** How often the provider was asked, after the end, what we had not heard. */
    reviews: p.integer()
  },
  indexes: [{ name: 'video_call_sessions_open', properties: ['id'], where: 'ended_at is null' }]
})
