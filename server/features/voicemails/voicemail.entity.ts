import { defineEntity, p } from '@mikro-orm/core'

/** What a caller left after the tone. Times are milliseconds since the epoch. */
export const Voicemail = defineEntity({
  name: 'Voicemail',
  tableName: 'voicemails',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    uuid: p.uuid().unique('voicemails_uuid'),
    bearerId: p.bigint('number'),
    callId: p.bigint('number'),
    recordingId: p.bigint('number').unique('voicemails_recording'),
    conversationId: p.bigint('number').nullable(),
    /** The number that the provider showed: the caller's. */
    callerId: p.text(),
    participantNumber: p.text(),
    providerNumber: p.text(),
    callbackUrl: p.text().nullable(),
    internalStatus: p.text(),
    providerStatus: p.text().nullable(),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  },
  indexes: [{ name: 'voicemails_call', properties: ['callId'] }]
})
