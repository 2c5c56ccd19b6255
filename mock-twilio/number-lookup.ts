import {
  isSupportedCountry,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  type CountryCode,
  type PhoneNumber,
  type ValidatePhoneNumberLengthResult
} from 'libphonenumber-js/max'

import type { LineType } from './seeds.ts'

/*
 * What can be told of a number from its digits alone, as Twilio does it: by Google's numbering plans.
 * https://www.twilio.com/docs/lookup/v2-api
 */

export type ValidationError =
  | 'TOO_SHORT'
  | 'TOO_LONG'
  | 'INVALID_BUT_POSSIBLE'
  | 'INVALID_COUNTRY_CODE'
  | 'INVALID_LENGTH'
  | 'NOT_A_NUMBER'

export type NumberLookup =
  | { valid: true; number: PhoneNumber }
  | { valid: false; phoneNumber: string; error: ValidationError }

const lengthErrors: Record<ValidatePhoneNumberLengthResult, ValidationError> = {
  TOO_SHORT: 'TOO_SHORT',
  TOO_LONG: 'TOO_LONG',
  INVALID_COUNTRY: 'INVALID_COUNTRY_CODE',
  INVALID_LENGTH: 'INVALID_LENGTH',
  NOT_A_NUMBER: 'NOT_A_NUMBER'
}

/** Reads E.164, or the national spelling of a country. */
export function lookUpNumber(spelling: string, countryCode: string): NumberLookup {
  if (!spelling.startsWith('+') && !isSupportedCountry(countryCode)) {
    return { valid: false, phoneNumber: spelling, error: 'INVALID_COUNTRY_CODE' }
  }
  const country = isSupportedCountry(countryCode) ? countryCode : 'US'
  const number = parsePhoneNumberFromString(spelling, { defaultCountry: country, extract: false })
  if (number?.isValid()) return { valid: true, number }
  return {
    valid: false,
    phoneNumber: number?.number ?? spelling,
    error: lengthErrorOf(spelling, country) ?? 'INVALID_BUT_POSSIBLE'
  }
}

function lengthErrorOf(spelling: string, country: CountryCode): ValidationError | undefined {
  const flaw = validatePhoneNumberLength(spelling, { defaultCountry: country })
  return flaw === undefined ? undefined : lengthErrors[flaw]
}

/**
 * The numbers of the Ruby gem's own tests belong to no numbering plan, and yet it calls every number valid and
 * American.
 */
export function lookUpLikeGem(spelling: string, countryCode: string): NumberLookup {
  const lookup = lookUpNumber(spelling, countryCode)
  if (lookup.valid || !/^\+1\d{8,12}$/.test(spelling)) return lookup
  const number = parsePhoneNumberFromString(spelling, { extract: false })
  if (number === undefined) return lookup
  number.country = 'US'
  return { valid: true, number }
}

/** Where the world says nothing: a landline ends in 9, and everything else is a mobile. */
export function usualLineType(phoneNumber: string): LineType {
  return phoneNumber.endsWith('9') ? 'landline' : 'mobile'
}
