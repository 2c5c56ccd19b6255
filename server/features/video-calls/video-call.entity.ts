import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** A video call: what was asked for, and how far it is. Times are milliseconds since the epoch. */
export const VideoCall = defineEntity({
  name: 'VideoCall',
  tableName: 'video_calls',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    uuid: p.uuid().unique('video_calls_uuid'),
    bearerId: p.bigint('number'),
    conversationId: p.bigint('number').nullable(),
    /** By which clients name the call; also the `session_key` that everybody who joins must send. */
    sessionKey: p.text().unique('video_calls_session_key'),
    sessionName: p.text(),
    /** The name as the provider compares it: in lower case. */
    topic: p.text(),
    hostUsername: p.text(),
    /** Minutes. */
    maximumCallLength: p.integer(),
    /** Recorded from its start, without anybody asking. */
    recording: p.boolean(),
    callbackUrl: p.text().nullable(),
    internalStatus: p.text(),
    /** The latest session that was held under the call's name. */
    providerId: p.text().nullable(),
    providerStatus: p.text().nullable(),
    startTime: p.bigint('number').nullable(),
    endTime: p.bigint('number').nullable(),
    /** When the last token for it lapses: who has not joined by then never will. */
    joinableUntil: p.bigint('number'),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  },
  uniques: [
    // One name, one room: two calls at a time would meet in the same one.
    {
      name: 'video_calls_open_topic',
      properties: ['topic'],
      where: "internal_status in ('created', 'started')"
    }
  ],
  indexes: [{ name: 'video_calls_topic', properties: ['topic', 'id'] }]
})
export type VideoCall = InferEntity<typeof VideoCall>
