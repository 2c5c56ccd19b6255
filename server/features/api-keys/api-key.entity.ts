import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** One token of a bearer. Only its SHA-256 is kept. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    bearerId: p.bigint('number').index('api_keys_bearer'),
    tokenHash: p.text().unique('api_keys_token_hash'),
    createdAt: p.bigint('number')
  }
})
export type ApiKey = InferEntity<typeof ApiKey>
