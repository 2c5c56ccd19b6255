import { defineEntity, p } from '@mikro-orm/core'

/** How far work that goes through all messages by the clock has come, for whichever process does it next. */
export const MessageSweep = defineEntity({
  name: 'MessageSweep',
  tableName: 'message_sweeps',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    name: p.text().unique('message_sweeps_name'),
    /** Milliseconds since the epoch. */
    checkedUntil: p.bigint('number')
  }
})
