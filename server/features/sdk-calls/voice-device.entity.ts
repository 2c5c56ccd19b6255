import { defineEntity, p } from '@mikro-orm/core'

/** A staff member's browser that may call and be called: it has a token of ours that is still good. */
export const VoiceDevice = defineEntity({
  name: 'VoiceDevice',
  tableName: 'voice_devices',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    bearerId: p.bigint('number'),
    moderatorId: p.text(),
    /** By which the provider knows it; no other bearer's is alike. */
    identity: p.text().unique('voice_devices_identity'),
    conversationId: p.bigint('number').nullable(),
    clientCallId: p.text().nullable(),
    callbackUrl: p.text().nullable(),
    registeredUntil: p.bigint('number'),
    createdAt: p.bigint('number'),
    updatedAt: p.bigint('number')
  }
})
