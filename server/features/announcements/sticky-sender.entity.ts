import { defineEntity, p } from '@mikro-orm/core'

/** The number from which a recipient hears a customer's announcements, always the same one. */
export const StickySender = defineEntity({
  name: 'StickySender',
  tableName: 'sticky_senders',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    messagingServiceId: p.bigint('number'),
    recipientNumber: p.text(),
    providerNumber: p.text()
  },
  uniques: [{ name: 'sticky_senders_pair', properties: ['messagingServiceId', 'recipientNumber'] }]
})
