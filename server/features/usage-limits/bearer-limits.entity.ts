import { defineEntity, p } from '@mikro-orm/core'

/** What an administrator allows one bearer, in the place of the settings. Absent: as set; 0: no limit. */
export const BearerLimits = defineEntity({
  name: 'BearerLimits',
  tableName: 'bearer_limits',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    bearerId: p.bigint('number').unique('bearer_limits_bearer'),
    textsPerMinute: p.integer().nullable(),
    textsPerDay: p.integer().nullable(),
    callsPerMinute: p.integer().nullable(),
    callsPerDay: p.integer().nullable(),
    updatedAt: p.bigint('number')
  }
})
