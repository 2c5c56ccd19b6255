import type { NumberLookup } from '../number-lookup.ts'
import type { LineType } from '../seeds.ts'

/** A package that was not asked for, or not of a valid number, is null. */
export function lookupResource(
  lookup: NumberLookup,
  lineType: LineType | undefined,
  carrier = 'Mock carrier'
): Record<string, unknown> {
  const phoneNumber = lookup.valid ? lookup.number.number : lookup.phoneNumber
  return {
    calling_country_code: lookup.valid ? lookup.number.countryCallingCode : null,
    country_code: lookup.valid ? (lookup.number.country ?? null) : null,
    phone_number: phoneNumber,
    national_format: lookup.valid ? lookup.number.formatNational() : null,
    valid: lookup.valid,
    validation_errors: lookup.valid ? [] : [lookup.error],
    caller_name: null,
    sim_swap: null,
    call_forwarding: null,
    line_status: null,
    line_type_intelligence: lineType === undefined ? null : lineTypePackage(lineType, carrier),
    identity_match: null,
    reassigned_number: null,
    sms_pumping_risk: null,
    phone_number_quality_score: null,
    pre_fill: null,
    url: `https://lookups.twilio.com/v2/PhoneNumbers/${phoneNumber}`
  }
}

/** Of these lines alone Twilio names a carrier. Ours is invented. */
const linesWithCarrier = new Set<LineType>(['mobile', 'landline', 'fixedVoip', 'nonFixedVoip'])

/** 60600 stands for a number that no carrier owns up to: https://www.twilio.com/docs/api/errors/60600 */
function lineTypePackage(type: LineType, carrier: string): Record<string, unknown> {
  const isMobile = type === 'mobile'
  return {
    error_code: type === 'unknown' ? 60600 : null,
    mobile_country_code: isMobile ? '310' : null,
    mobile_network_code: isMobile ? '410' : null,
    carrier_name: linesWithCarrier.has(type) ? carrier : null,
    type: type === 'unknown' ? null : type
  }
}
