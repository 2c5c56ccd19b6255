import { defineEntity, p } from '@mikro-orm/core'

/** Work that waits in a lane. An entry that is due may be claimed; a claim moves `dueAt` to the end of its lease. */
export const LaneEntry = defineEntity({
  name: 'LaneEntry',
  tableName: 'lane_entries',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    lane: p.text(),
    /** Lanes are fair between the values of this key: the bearers. */
    fairnessKey: p.bigint('number'),
    /** Entries with the same order key are one: whatever is published meanwhile raises `wakeups`. */
    orderKey: p.text().nullable(),
    payload: p.text(),
    dueAt: p.bigint('number'),
    attempts: p.integer(),
    wakeups: p.integer(),
    claimToken: p.text().nullable(),
    createdAt: p.bigint('number')
  },
  // Most entries have no order key; those need no place in the index.
  uniques: [
    { name: 'lane_entries_order', properties: ['lane', 'orderKey'], where: 'order_key is not null' }
  ],
  indexes: [{ name: 'lane_entries_due', properties: ['lane', 'fairnessKey', 'dueAt', 'id'] }]
})

/** Work given up after its last attempt, kept for a person to look at. */
export const DeadLetter = defineEntity({
  name: 'DeadLetter',
  tableName: 'dead_letters',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    lane: p.text(),
    fairnessKey: p.bigint('number'),
    orderKey: p.text().nullable(),
    payload: p.text(),
    attempts: p.integer(),
    error: p.text(),
    createdAt: p.bigint('number'),
    deadAt: p.bigint('number')
  },
  indexes: [{ name: 'dead_letters_lane', properties: ['lane', 'id'] }]
})
