import { defineEntity, p } from '@mikro-orm/core'

/** Recipients that were accepted and are not yet messages. Gone when they are. */
export const AnnouncementBatch = defineEntity({
  name: 'AnnouncementBatch',
  tableName: 'announcement_batches',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    bearerId: p.bigint('number'),
    clientAnnouncementId: p.text(),
    /** JSON: the announcement without its recipients. */
    announcement: p.text(),
    /** JSON list. */
    recipients: p.text(),
    recipientCount: p.integer(),
    createdAt: p.bigint('number')
  },
  indexes: [
    { name: 'announcement_batches_client_id', properties: ['bearerId', 'clientAnnouncementId'] }
  ]
})
