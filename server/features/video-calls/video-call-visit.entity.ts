import { defineEntity, p } from '@mikro-orm/core'

/** One stay of one person in a session: every join has a `user_id` of its own. */
export const VideoCallVisit = defineEntity({
  name: 'VideoCallVisit',
  tableName: 'video_call_visits',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    videoCallId: p.bigint('number').index('video_call_visits_call'),
    sessionId: p.text(),
    userId: p.text(),
    userKey: p.text().nullable(),
    name: p.text(),
    participantUuid: p.text().nullable(),
    joinedAt: p.bigint('number').nullable(),
    leftAt: p.bigint('number').nullable(),
    leaveReason: p.text().nullable(),
    /** What the client has been told of it: joined, left, or nothing yet. */
    told: p.text().nullable()
  },
  uniques: [{ name: 'video_call_visits_user', properties: ['sessionId', 'userId'] }]
})
