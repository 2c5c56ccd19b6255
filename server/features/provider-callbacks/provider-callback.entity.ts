import { defineEntity, p } from '@mikro-orm/core'

/** A signed request of a provider as it came, kept before anything is done about it. */
export const ProviderCallback = defineEntity({
  name: 'ProviderCallback',
  tableName: 'provider_callbacks',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    kind: p.text(),
    /** The query of the callback URL: it carries the uuid that we gave the provider. */
    query: p.text(),
    /** The body as received, form-encoded: plain ASCII whatever a person typed. */
    body: p.text(),
    requestId: p.text(),
    receivedAt: p.bigint('number'),
    processedAt: p.bigint('number').nullable(),
    /** What came of it, in a word or two: moved, unchanged, unmatched, received… */
    outcome: p.text().nullable()
  }
})
