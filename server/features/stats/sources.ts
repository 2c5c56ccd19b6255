/**
 * What the statistics count: a table with `id`, `created_at`, and a bearer and a status under these names.
 * A feature takes part by a line in `app.ts`.
 */
export interface StatsSource {
  /** Its name in the answer. */
  name: string
  table: string
  statusColumn: string
  bearerColumn: string
  /** Statuses that a row leaves again; a day without them is counted once and for all. */
  passing: readonly string[]
  /** Statuses that a row may still leave, but not after a week. */
  settling: readonly string[]
}

export const messageStats: StatsSource = {
  name: 'messages',
  table: 'messages',
  statusColumn: 'internal_status',
  bearerColumn: 'bearer_id',
  passing: ['accepted', 'scheduled', 'queued', 'sending'],
  // The receipts of some carriers never come.
  settling: ['sent']
}

export const announcementStats: StatsSource = {
  name: 'announcements',
  table: 'announcements',
  statusColumn: 'state',
  bearerColumn: 'bearer_id',
  passing: ['active', 'paused'],
  settling: []
}

/** Direct calls, and the legs of conference calls. */
export const callStats: StatsSource = {
  name: 'calls',
  table: 'calls',
  statusColumn: 'internal_status',
  bearerColumn: 'bearer_id',
  passing: ['queued', 'calling', 'ringing', 'in_progress'],
  settling: []
}

export const conferenceCallStats: StatsSource = {
  name: 'conference_calls',
  table: 'conference_calls',
  statusColumn: 'internal_status',
  bearerColumn: 'bearer_id',
  passing: ['queued', 'calling_moderator', 'calling_participants', 'in_progress', 'ending'],
  settling: []
}

export const clientEventStats: StatsSource = {
  name: 'client_events',
  table: 'client_events',
  statusColumn: 'status',
  bearerColumn: 'bearer_id',
  passing: ['pending'],
  settling: ['dead']
}
