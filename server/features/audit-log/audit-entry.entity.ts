import { defineEntity, p } from '@mikro-orm/core'

/** What an administrator did. Written before it is done, never removed; only the outcome is added. */
export const AuditEntry = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entries',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    at: p.bigint('number'),
    bearerId: p.bigint('number'),
    bearerName: p.text(),
    apiKeyId: p.bigint('number'),
    /** Method and route, like `POST /api/v1/admin/bearers`. */
    action: p.text(),
    /** What was asked for, with its ids. */
    path: p.text(),
    /** JSON: what came as a body, without secrets. */
    given: p.text(),
    requestId: p.text(),
    /** Absent when no answer was given: the process died meanwhile. */
    statusCode: p.integer().nullable()
  },
  indexes: [
    { name: 'audit_entries_bearer', properties: ['bearerId', 'id'] },
    { name: 'audit_entries_action', properties: ['action', 'id'] }
  ]
})
