import { defineEntity, p } from '@mikro-orm/core'

/** A text of either direction. Times are milliseconds since the epoch. */
export const Message = defineEntity({
  name: 'Message',
  tableName: 'messages',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    uuid: p.uuid().unique('messages_uuid'),
    bearerId: p.bigint('number').nullable(),
    conversationId: p.bigint('number').nullable(),
    announcementId: p.bigint('number').nullable(),
    /** Of one recipient of an announcement. */
    clientMessageId: p.text().nullable(),
    direction: p.text(),
    senderNumber: p.text(),
    receiverNumber: p.text(),
    messageBody: p.text(),
    /** JSON list. */
    mediaUrls: p.text(),
    /** JSON list of our own stored copies. */
    mediaFileUrls: p.text(),
    messageType: p.text(),
    priority: p.text(),
    provider: p.text(),
    providerStatus: p.text().nullable(),
    internalStatus: p.text(),
    messageSid: p.text().nullable(),
    messagingServiceSid: p.text().nullable(),
    globalCustomerId: p.text().nullable(),
    callbackUrl: p.text().nullable(),
    errorCode: p.text().nullable(),
    errorDescription: p.text().nullable(),
    /** Of a call: whether a person or a machine picked up, in the provider's word. */
    answeredBy: p.text().nullable(),
    /** Of a call: how often the line was busy, or nobody picked up, and it was to be tried again. */
    callAttempts: p.integer().default(0),
    numSegments: p.integer(),
    encoding: p.text(),
    sendAt: p.bigint('number').nullable(),
    /** Set before the provider is called, cleared when it surely did not take the message. */
    providerCallAt: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  },
  // Only what the provider has has its id.
  uniques: [
    { name: 'messages_sid', properties: ['messageSid'], where: 'message_sid is not null' },
    {
      name: 'messages_announcement_recipient',
      properties: ['announcementId', 'receiverNumber'],
      where: 'announcement_id is not null'
    }
  ],
  indexes: [
    { name: 'messages_list', properties: ['bearerId', 'senderNumber', 'receiverNumber', 'id'] },
    {
      name: 'messages_announcement_status',
      properties: ['announcementId', 'internalStatus', 'updatedAt'],
      where: 'announcement_id is not null'
    },
    // Of announcements: what waits for its time.
    {
      name: 'messages_announcement_scheduled',
      properties: ['announcementId', 'sendAt', 'id'],
      where: "internal_status = 'scheduled' and announcement_id is not null"
    },
    // What the provider has and has not finished: who is asked after when it falls silent.
    {
      name: 'messages_silent',
      properties: ['updatedAt', 'id'],
      where: "internal_status in ('sending', 'sent') and message_sid is not null"
    }
  ]
})
