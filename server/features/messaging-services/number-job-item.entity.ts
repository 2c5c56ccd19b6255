import { defineEntity, p } from '@mikro-orm/core'

/** One number of a job. */
export const NumberJobItem = defineEntity({
  name: 'NumberJobItem',
  tableName: 'number_job_items',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    numberJobId: p.bigint('number'),
    position: p.integer(),
    /** Absent until it is bought. */
    number: p.text().nullable(),
    sid: p.text().nullable(),
    /** waiting, done or failed. */
    state: p.text(),
    errorCode: p.text().nullable(),
    error: p.text().nullable()
  },
  uniques: [{ name: 'number_job_items_position', properties: ['numberJobId', 'position'] }],
  indexes: [
    { name: 'number_job_items_waiting', properties: ['number'], where: "state = 'waiting'" }
  ]
})
