import { rfc2822 } from '../dates.ts'

export interface KeyRecord {
  readonly sid: string
  readonly secret: string
  friendlyName: string
  dateCreated: number
  dateUpdated: number
}

/** The secret is shown once, to the one who creates the key. */
export function keyResource(key: KeyRecord): Record<string, unknown> {
  return {
    sid: key.sid,
    friendly_name: key.friendlyName,
    date_created: rfc2822(key.dateCreated),
    date_updated: rfc2822(key.dateUpdated)
  }
}
