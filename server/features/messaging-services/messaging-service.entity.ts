import { defineEntity, p } from '@mikro-orm/core'

/** A customer's grouping of numbers at the provider. */
export const MessagingService = defineEntity({
  name: 'MessagingService',
  tableName: 'messaging_services',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    uuid: p.uuid().unique('messaging_services_uuid'),
    /** Whose application hears of texts from numbers that nobody is paired with. */
    bearerId: p.bigint('number').index('messaging_services_bearer'),
    name: p.text(),
    globalCustomerId: p.text().nullable(),
    providerName: p.text(),
    providerMessagingSid: p.text().unique('messaging_services_provider_sid'),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  }
})
