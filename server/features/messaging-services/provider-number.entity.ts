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
    /** Two letters, where the number belongs to a state. */
    stateCode: p.text().nullable(),
    /** Announcements go out from it, and chats do not. */
    announcementNumber: p.boolean(),
    /** long_code, toll_free or short_code: it decides how fast the number may send. */
    numberType: p.text(),
    /** Segments a second, where the number has a rate of its own. */
    messagesPerSecond: p.double().nullable(),
    /** In milliseconds and parts of them: when the number has room for one more announcement that is still to be planned. */
    nextSlotAt: p.double(),
    /** When the number may send again. */
    nextSendAt: p.double(),
    /** The provider refused it as a sender; until then it is left alone. */
    unhealthyUntil: p.bigint('number').nullable(),
    /** When it came into its messaging service: what the provider said of its service before that is out of date. */
    placedAt: p.bigint('number').default(0),
    createdAt: p.bigint('number')
  }
})
