import { defineEntity, p } from '@mikro-orm/core'

/** One attempt to bring a moderator and participants together. Times are milliseconds since the epoch. */
export const ConferenceCall = defineEntity({
  name: 'ConferenceCall',
  tableName: 'conference_calls',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    uuid: p.uuid().unique('conference_calls_uuid'),
    bearerId: p.bigint('number'),
    conversationId: p.bigint('number'),
    /** The provider's id, once the moderator is in. */
    conferenceSid: p.text().nullable(),
    twilioNumber: p.text(),
    moderatorNumber: p.text(),
    /** JSON list. */
    participantNumbers: p.text(),
    welcomeMessage: p.text().nullable(),
    callbackUrl: p.text().nullable(),
    internalStatus: p.text(),
    providerStatus: p.text().nullable(),
    errorCode: p.text().nullable(),
    errorDescription: p.text().nullable(),
    failedAt: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  }
})
