import { defineEntity, p } from '@mikro-orm/core'

/** A phone number that we own at the provider. */
export const ProviderNumber = defineEntity({
  name: 'ProviderNumber',
  tableName: 'provider_numbers',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    messagingServiceId: p.bigint('number').index('provider_numbers_service'),
    number: p.text().unique('provider_numbers_number'),
    sid: p.text(),
    createdAt: p.bigint('number')
  }
})
