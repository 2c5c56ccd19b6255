import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/**
 * A pairing: one participant's number and one provider number within a conversation. Inbound texts and
 * return calls find their conversation through the pairing that was used last and is still active.
 */
export const Participant = defineEntity({
  name: 'Participant',
  tableName: 'participants',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    bearerId: p.bigint('number'),
    /** 0 for a pairing outside any conversation: a plain column can then be part of the unique key. */
    conversationId: p.bigint('number'),
    participantNumber: p.text(),
    providerNumber: p.text(),
    pairingDeactivatedAt: p.bigint('number').nullable(),
    lastActiveAt: p.bigint('number'),
    createdAt: p.bigint('number')
  },
  uniques: [
    {
      name: 'participants_pairing',
      properties: ['bearerId', 'conversationId', 'participantNumber', 'providerNumber']
    }
  ],
  indexes: [
    {
      name: 'participants_routing',
      properties: ['providerNumber', 'participantNumber', 'lastActiveAt']
    },
    { name: 'participants_conversation', properties: ['conversationId'] }
  ]
})
export type Participant = InferEntity<typeof Participant>
