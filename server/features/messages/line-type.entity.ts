import { defineEntity, p } from '@mikro-orm/core'

/** What a lookup said of a number, so that it is asked only before the first text. */
export const LineType = defineEntity({
  name: 'LineType',
  tableName: 'line_types',
  properties: {
    number: p.text().primary(),
    /** The provider's word: mobile, landline, voip…; null when the lookup failed. */
    lineType: p.text().nullable(),
    errorCode: p.text().nullable(),
    lookedUpAt: p.bigint('number')
  }
})
