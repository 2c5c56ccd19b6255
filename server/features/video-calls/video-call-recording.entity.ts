import { defineEntity, p } from '@mikro-orm/core'

/** A file that the provider made of a session, and our copy of it. */
export const VideoCallRecording = defineEntity({
  name: 'VideoCallRecording',
  tableName: 'video_call_recordings',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    videoCallId: p.bigint('number').index('video_call_recordings_call'),
    sessionId: p.text(),
    /** The provider's id of the file, or what tells it apart where it has none. */
    fileKey: p.text(),
    fileType: p.text(),
    recordingType: p.text().nullable(),
    recordingStart: p.bigint('number').nullable(),
    recordingEnd: p.bigint('number').nullable(),
    /** Of the one person on it, where there is one. */
    userKey: p.text().nullable(),
    downloadUrl: p.text(),
    internalStatus: p.text(),
    storageKey: p.text(),
    /** Bytes of our copy. */
    storedSize: p.bigint('number').nullable(),
    storedAt: p.bigint('number').nullable(),
    /** When the provider's own copy was removed. */
    removedAt: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  },
  uniques: [{ name: 'video_call_recordings_file', properties: ['sessionId', 'fileKey'] }]
})
