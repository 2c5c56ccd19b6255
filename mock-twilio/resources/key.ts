import { rfc2822 } from '../dates.ts'

export interface KeyRecord {
  readonly sid: string
  readonly secret: string
  /** What a key of Twilio's console is called. One that is made by the API is a standard key. */
  readonly type: 'main' | 'standard' | 'restricted'
  /** Of a restricted key: the names of the operations it may do. */
  readonly permissions: readonly string[]
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
