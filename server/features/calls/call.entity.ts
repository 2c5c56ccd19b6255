import { defineEntity, p } from '@mikro-orm/core'

/**
 * A leg that concerns a client: the moderator's or a participant's of a conference, a call from a browser, or a
 * return call. Times are milliseconds since the epoch.
 */
export const Call = defineEntity({
  name: 'Call',
  tableName: 'calls',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    uuid: p.uuid().unique('calls_uuid'),
    bearerId: p.bigint('number'),
    conversationId: p.bigint('number').nullable(),
    conferenceCallId: p.bigint('number').nullable(),
    /** moderator, participant, sdk or return. */
    kind: p.text(),
    callSid: p.text().nullable(),
    /** Of a call that connects two: the leg that was dialled from it. */
    dialledSid: p.text().nullable(),
    participantNumber: p.text(),
    providerNumber: p.text(),
    /** Whose browser calls or is called. */
    moderatorId: p.text().nullable(),
    clientCallId: p.text().nullable(),
    callbackUrl: p.text().nullable(),
    internalStatus: p.text(),
    providerStatus: p.text().nullable(),
    answeredBy: p.text().nullable(),
    /** What the caller of a return call chose: connect, voicemail or opt_out. */
    menuChoice: p.text().nullable(),
    errorCode: p.text().nullable(),
    errorDescription: p.text().nullable(),
    failedAt: p.bigint('number').nullable(),
    /** Set before the provider is called, cleared when it surely did not take the call. */
    providerCallAt: p.bigint('number').nullable(),
    joinedAt: p.bigint('number').nullable(),
    leftAt: p.bigint('number').nullable(),
    welcomedAt: p.bigint('number').nullable(),
    /** When the provider was last heard of it. */
    heardAt: p.bigint('number'),
    /** Looks for a recording that nobody told of. */
    recordingSought: p.integer(),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  },
  uniques: [{ name: 'calls_sid', properties: ['callSid'], where: 'call_sid is not null' }],
  indexes: [
    {
      name: 'calls_conference',
      properties: ['conferenceCallId'],
      where: 'conference_call_id is not null'
    },
    {
      name: 'calls_placed',
      properties: ['participantNumber', 'providerNumber', 'providerCallAt'],
      where: 'provider_call_at is not null'
    }
  ]
})
