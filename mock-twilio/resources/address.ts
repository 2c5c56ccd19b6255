import { rfc2822 } from '../dates.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

export interface AddressRecord {
  readonly sid: string
  readonly isoCountry: string
  customerName: string
  friendlyName: string | null
  street: string
  streetSecondary: string | null
  city: string
  region: string
  postalCode: string
  emergencyEnabled: boolean
  /** Whether it was held against what is known of addresses in its country. */
  validated: boolean
  dateCreated: number
  dateUpdated: number
}

export function addressResource(world: World, address: AddressRecord): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    city: address.city,
    customer_name: address.customerName,
    date_created: rfc2822(address.dateCreated),
    date_updated: rfc2822(address.dateUpdated),
    emergency_enabled: address.emergencyEnabled,
    friendly_name: address.friendlyName,
    iso_country: address.isoCountry,
    postal_code: address.postalCode,
    region: address.region,
    sid: address.sid,
    street: address.street,
    street_secondary: address.streetSecondary,
    uri: `/${apiVersion}/Accounts/${world.accountSid}/Addresses/${address.sid}.json`,
    validated: address.validated,
    verified: address.validated
  }
}
