import { defineEntity, p } from '@mikro-orm/core'

/** How much of a limit a bearer has used since the minute or day began. One row for each, begun anew with the next. */
export const UsageCount = defineEntity({
  name: 'UsageCount',
  tableName: 'usage_counts',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    bearerId: p.bigint('number'),
    /** texts or calls. */
    kind: p.text(),
    /** minute or day. */
    span: p.text(),
    startsAt: p.bigint('number'),
    count: p.bigint('number')
  },
  uniques: [{ name: 'usage_counts_span', properties: ['bearerId', 'kind', 'span'] }]
})
