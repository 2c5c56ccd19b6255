import { defineEntity, p } from '@mikro-orm/core'

/** One text or call to many. Its recipients are rows of `messages`. Times are milliseconds since the epoch. */
export const Announcement = defineEntity({
  name: 'Announcement',
  tableName: 'announcements',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    bearerId: p.bigint('number'),
    clientAnnouncementId: p.text(),
    messagingServiceId: p.bigint('number'),
    globalCustomerId: p.text(),
    type: p.text(),
    body: p.text(),
    /** JSON list. */
    mediaUrls: p.text(),
    /** The only number that it may go out from, when its client named one. */
    providerNumber: p.text().nullable(),
    callbackUrl: p.text().nullable(),
    voice: p.text().nullable(),
    language: p.text().nullable(),
    sendAt: p.bigint('number').nullable(),
    state: p.text(),
    /** Recipients that a request before had named already. */
    repeated: p.bigint('number'),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  },
  uniques: [{ name: 'announcements_client_id', properties: ['bearerId', 'clientAnnouncementId'] }]
})
