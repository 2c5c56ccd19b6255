import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** Who may use the API: an application, a user or an administrator; every resource belongs to one. */
export const Bearer = defineEntity({
  name: 'Bearer',
  tableName: 'bearers',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    bearerName: p.text(),
    bearerType: p.text().$type<'Admin' | 'Application' | 'User'>(),
    /** Where client events go when neither the request nor the conversation says otherwise. */
    callbackUrl: p.text().nullable(),
    username: p.text(),
    /** Basic-auth password of the callback URL, encrypted. */
    passwordCipher: p.text(),
    /** Standard Webhooks signing secret, encrypted. */
    signingSecretCipher: p.text(),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  }
})
export type Bearer = InferEntity<typeof Bearer>
