import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

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
    globalCustomerId: p.text().nullable().index('messaging_services_customer'),
    providerName: p.text(),
    providerMessagingSid: p.text().unique('messaging_services_provider_sid'),
    /** Of the service at Twilio, whoever the provider is. */
    twilioMessagingSid: p.text().nullable(),
    /** Two letters: where the customer is, and its numbers must be. */
    stateCode: p.text().nullable(),
    /** The customer profile at the provider's TrustHub, and how far its review is, in the provider's words. */
    businessProfileSid: p.text().nullable(),
    businessProfileStatus: p.text().nullable(),
    shakenStirProductSid: p.text().nullable(),
    shakenStirProductStatus: p.text().nullable(),
    brandRegistrationSid: p.text().nullable(),
    brandStatus: p.text().nullable(),
    brandIdentityStatus: p.text().nullable(),
    /** When what is known of brand and campaign was so, by the provider's clock: older news is no news. */
    brandToldAt: p.bigint('number').nullable(),
    campaignStatus: p.text().nullable(),
    campaignToldAt: p.bigint('number').nullable(),
    complianceError: p.text().nullable(),
    synchronizedAt: p.bigint('number').nullable(),
    synchronizationError: p.text().nullable(),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  },
  uniques: [
    { name: 'messaging_services_name', properties: ['bearerId', 'name'] },
    {
      name: 'messaging_services_twilio_sid',
      properties: ['twilioMessagingSid'],
      where: 'twilio_messaging_sid is not null'
    }
  ]
})
export type MessagingService = InferEntity<typeof MessagingService>
