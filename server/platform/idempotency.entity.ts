import { defineEntity, p } from '@mikro-orm/core'

/** A creating request that carried an `Idempotency-Key`, and the answer that it got. */
export const IdempotencyKey = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    bearerId: p.bigint('number'),
    key: p.text(),
    /** SHA-256 of method, path and body. */
    fingerprint: p.text(),
    /** Null while the first request is running. */
    statusCode: p.integer().nullable(),
    /** The answer's body, encrypted: it may hold a token that is shown once. */
    answerCipher: p.text().nullable(),
    startedAt: p.bigint('number').index('idempotency_keys_started')
  },
  uniques: [{ name: 'idempotency_keys_key', properties: ['bearerId', 'key'] }]
})
