import { rfc2822 } from '../dates.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

export type AccountStatus = 'active' | 'suspended' | 'closed'

export function accountResource(world: World): Record<string, unknown> {
  const uri = `/${apiVersion}/Accounts/${world.accountSid}`
  return {
    auth_token: world.authToken,
    date_created: rfc2822(world.dateCreated),
    date_updated: rfc2822(world.dateUpdated),
    friendly_name: world.friendlyName,
    owner_account_sid: world.ownerSid,
    sid: world.accountSid,
    status: world.status,
    subresource_uris: {
      addresses: `${uri}/Addresses.json`,
      applications: `${uri}/Applications.json`,
      available_phone_numbers: `${uri}/AvailablePhoneNumbers.json`,
      balance: `${uri}/Balance.json`,
      incoming_phone_numbers: `${uri}/IncomingPhoneNumbers.json`,
      keys: `${uri}/Keys.json`,
      messages: `${uri}/Messages.json`,
      outgoing_caller_ids: `${uri}/OutgoingCallerIds.json`,
      short_codes: `${uri}/SMS/ShortCodes.json`,
      tokens: `${uri}/Tokens.json`
    },
    type: 'Full',
    uri: `${uri}.json`
  }
}
