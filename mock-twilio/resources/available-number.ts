import { nationalFormat, type AvailableNumber } from '../inventory/available-number.ts'

/** Latitude and longitude are text there, whatever Twilio's own OpenAPI file says. */
export function availableNumberResource(
  country: string,
  number: AvailableNumber
): Record<string, unknown> {
  const { voice, sms, mms, fax } = number.capabilities
  return {
    address_requirements: number.addressRequirements,
    beta: number.beta,
    capabilities: { voice, sms, mms, fax },
    friendly_name: nationalFormat(number.phoneNumber),
    iso_country: country,
    lata: number.lata,
    latitude: number.locality?.latitude.toFixed(6) ?? null,
    locality: number.place,
    longitude: number.locality?.longitude.toFixed(6) ?? null,
    phone_number: number.phoneNumber,
    postal_code: number.postalCode,
    rate_center: number.locality?.rateCenter ?? null,
    region: number.region
  }
}
