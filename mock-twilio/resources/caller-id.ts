import { rfc2822 } from '../dates.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

/** A number that somebody proved to be theirs, and may call from. */
export interface CallerIdRecord {
  readonly sid: string
  readonly phoneNumber: string
  friendlyName: string
  dateCreated: number
  dateUpdated: number
}

export function callerIdResource(world: World, callerId: CallerIdRecord): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    date_created: rfc2822(callerId.dateCreated),
    date_updated: rfc2822(callerId.dateUpdated),
    friendly_name: callerId.friendlyName,
    phone_number: callerId.phoneNumber,
    sid: callerId.sid,
    uri: `/${apiVersion}/Accounts/${world.accountSid}/OutgoingCallerIds/${callerId.sid}.json`
  }
}
