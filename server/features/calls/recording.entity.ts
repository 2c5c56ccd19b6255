import { defineEntity, p } from '@mikro-orm/core'

/** A recording of a call, a conference or a voicemail, on its way from the provider into our storage. */
export const Recording = defineEntity({
  name: 'Recording',
  tableName: 'recordings',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    recordingSid: p.text().unique('recordings_sid'),
    bearerId: p.bigint('number'),
    /** The call that it belongs to: of a conference the moderator's. */
    callId: p.bigint('number'),
    voicemailId: p.bigint('number').nullable(),
    status: p.text(),
    durationSeconds: p.integer().nullable(),
    /** Where it lies in our storage. */
    storageKey: p.text().nullable(),
    contentType: p.text().nullable(),
    bytes: p.bigint('number').nullable(),
    transcriptionSid: p.text().nullable(),
    /** completed or failed, once the provider has said so. */
    transcriptionStatus: p.text().nullable(),
    transcriptionText: p.text().nullable(),
    deletedAtProvider: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  },
  indexes: [{ name: 'recordings_call', properties: ['callId'] }]
})
