import { defineEntity, p } from '@mikro-orm/core'

/** How many rows of one source began on one day, by bearer and status: counted once, and again while they change. */
export const DailyStats = defineEntity({
  name: 'DailyStats',
  tableName: 'daily_stats',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    source: p.text(),
    /** In UTC, like 2026-11-23. */
    day: p.text(),
    /** JSON list of [bearer id, status, count]. */
    counts: p.text(),
    countedAt: p.bigint('number'),
    /** Nothing of that day can change any more. */
    isFinal: p.boolean()
  },
  uniques: [{ name: 'daily_stats_day', properties: ['source', 'day'] }]
})
