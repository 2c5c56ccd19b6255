import { defineEntity, p } from '@mikro-orm/core'

/** Numbers to be bought, or to be moved to another messaging service: begun, carried on after a crash, ended. */
export const NumberJob = defineEntity({
  name: 'NumberJob',
  tableName: 'number_jobs',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    uuid: p.uuid().unique('number_jobs_uuid'),
    /** provision or migrate. */
    kind: p.text(),
    messagingServiceId: p.bigint('number'),
    /** Of a migration. */
    targetServiceId: p.bigint('number').nullable(),
    /** Of a provisioning. */
    stateCode: p.text().nullable(),
    announcementNumber: p.boolean(),
    /** running, done or failed. */
    state: p.text(),
    error: p.text().nullable(),
    createdAt: p.bigint('number'),
    finishedAt: p.bigint('number').nullable()
  }
})
