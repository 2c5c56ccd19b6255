import { defineEntity, p } from '@mikro-orm/core'

/** Something a client application is told: one POST to its callback URL, attempted until it is delivered or dead. */
export const ClientEvent = defineEntity({
  name: 'ClientEvent',
  tableName: 'client_events',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    /** The `webhook-id`: the same for every attempt and replay. */
    eventId: p.uuid().unique('client_events_event_id'),
    type: p.text(),
    bearerId: p.bigint('number'),
    /** Events of one resource are delivered in the order of their ids. */
    resourceId: p.text(),
    /** With type and resource: the same news is never an event twice. */
    occurrence: p.text(),
    callbackUrl: p.text().nullable(),
    payload: p.text(),
    status: p.text(),
    attempts: p.integer(),
    nextAttemptAt: p.bigint('number').nullable(),
    createdAt: p.bigint('number'),
    settledAt: p.bigint('number').nullable()
  },
  uniques: [{ name: 'client_events_occurrence', properties: ['resourceId', 'type', 'occurrence'] }],
  indexes: [
    { name: 'client_events_status', properties: ['status', 'id'] },
    { name: 'client_events_bearer', properties: ['bearerId', 'id'] },
    { name: 'client_events_type', properties: ['type', 'id'] }
  ]
})
