import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** A thread between a school's number and its participants, known by up to three ids of the client's. */
export const Conversation = defineEntity({
  name: 'Conversation',
  tableName: 'conversations',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    bearerId: p.bigint('number'),
    applicationName: p.text(),
    clientConversationId: p.text().nullable(),
    globalId: p.text().nullable(),
    internalConversationId: p.text().nullable(),
    callbackUrl: p.text().nullable(),
    welcomeMessage: p.text().nullable(),
    moderatorId: p.text().nullable(),
    moderatorNumber: p.text().nullable(),
    providerNumber: p.text().nullable(),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  },
  uniques: [
    {
      name: 'conversations_client_id',
      properties: ['bearerId', 'applicationName', 'clientConversationId']
    },
    { name: 'conversations_global_id', properties: ['bearerId', 'applicationName', 'globalId'] },
    {
      name: 'conversations_internal_id',
      properties: ['bearerId', 'applicationName', 'internalConversationId']
    }
  ]
})
export type Conversation = InferEntity<typeof Conversation>
