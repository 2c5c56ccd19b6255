import { countryNames, typesOf, type NumberType } from '../inventory/countries.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

/** The kinds of number as the paths beneath AvailablePhoneNumbers call them. */
export const typeSegments = {
  local: 'Local',
  'toll-free': 'TollFree',
  mobile: 'Mobile',
  national: 'National',
  voip: 'Voip',
  'shared-cost': 'SharedCost',
  'machine-to-machine': 'MachineToMachine'
} as const satisfies Record<NumberType, string>

export function availableCountryResource(world: World, country: string): Record<string, unknown> {
  const uri = `/${apiVersion}/Accounts/${world.accountSid}/AvailablePhoneNumbers/${country}`
  return {
    beta: false,
    country: countryNames.get(country) ?? country,
    country_code: country,
    subresource_uris: Object.fromEntries(
      typesOf(country).map(type => [type.replaceAll('-', '_'), `${uri}/${typeSegments[type]}.json`])
    ),
    uri: `${uri}.json`
  }
}
