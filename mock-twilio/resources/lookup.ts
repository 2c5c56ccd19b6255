import { iso8601 } from '../dates.ts'
import type { LookupPackages } from '../lookup-packages.ts'
import type { NumberLookup } from '../number-lookup.ts'
import type { LineType } from '../seeds.ts'

/** What an account says of a number's line, whatever Twilio has heard. */
export interface LookupOverride {
  readonly phoneNumber: string
  readonly originalLineType: LineType
  readonly overriddenBy: string
  lineType: LineType
  reason: string
  overriddenAt: number
}

/** A package that was not asked for, or not of a valid number, is null. */
export function lookupResource(
  lookup: NumberLookup,
  packages: LookupPackages
): Record<string, unknown> {
  const phoneNumber = lookup.valid ? lookup.number.number : lookup.phoneNumber
  return {
    ...lookupFields(lookup, packages),
    url: `https://lookups.twilio.com/v2/PhoneNumbers/${phoneNumber}`
  }
}

/** As an answer to several lookups at once has it, without an address of its own. */
export function lookupFields(
  lookup: NumberLookup,
  packages: LookupPackages
): Record<string, unknown> {
  return {
    calling_country_code: lookup.valid ? lookup.number.countryCallingCode : null,
    country_code: lookup.valid ? (lookup.number.country ?? null) : null,
    phone_number: lookup.valid ? lookup.number.number : lookup.phoneNumber,
    national_format: lookup.valid ? lookup.number.formatNational() : null,
    valid: lookup.valid,
    validation_errors: lookup.valid ? [] : [lookup.error],
    caller_name: packages.caller_name ?? null,
    sim_swap: packages.sim_swap ?? null,
    call_forwarding: packages.call_forwarding ?? null,
    line_status: packages.line_status ?? null,
    line_type_intelligence: packages.line_type_intelligence ?? null,
    identity_match: null,
    reassigned_number: null,
    sms_pumping_risk: packages.sms_pumping_risk ?? null,
    phone_number_quality_score: null,
    pre_fill: null
  }
}

export function overrideResource(override: LookupOverride): Record<string, unknown> {
  return {
    phone_number: override.phoneNumber,
    original_line_type: override.originalLineType,
    overridden_line_type: override.lineType,
    override_reason: override.reason,
    override_timestamp: iso8601(override.overriddenAt),
    overridden_by_account_sid: override.overriddenBy
  }
}
