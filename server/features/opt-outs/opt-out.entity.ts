import { defineEntity, p } from '@mikro-orm/core'

/**
 * The opt-out registry. A recipient opts out from a sender: a messaging service as a whole (its SID) or a
 * single number. An opted-in row stays as the record of both moments.
 */
export const OptOut = defineEntity({
  name: 'OptOut',
  tableName: 'opt_outs',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    recipientNumber: p.text(),
    senderKey: p.text(),
    /** What was opted out of. */
    class: p.text(),
    keyword: p.text(),
    optedOutAt: p.bigint('number'),
    optedInAt: p.bigint('number').nullable()
  },
  uniques: [{ name: 'opt_outs_pair', properties: ['recipientNumber', 'senderKey', 'class'] }],
  indexes: [{ name: 'opt_outs_sender', properties: ['senderKey', 'id'] }]
})
