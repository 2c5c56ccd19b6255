import { defineEntity, p } from '@mikro-orm/core'

/** One try to deliver a client event, with the beginning of what the client answered. */
export const ClientEventAttempt = defineEntity({
  name: 'ClientEventAttempt',
  tableName: 'client_event_attempts',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    clientEventId: p.bigint('number').index('client_event_attempts_event'),
    attempt: p.integer(),
    at: p.bigint('number'),
    statusCode: p.integer().nullable(),
    error: p.text().nullable(),
    /** At most the first 2 KB. */
    response: p.text().nullable(),
    durationMs: p.integer()
  }
})
