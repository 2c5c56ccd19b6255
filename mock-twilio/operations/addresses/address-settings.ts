import { isSupportedCountry } from 'libphonenumber-js/max'

import { refusal } from '../../errors.ts'
import { flag, text, type Form } from '../../forms.ts'
import { areas } from '../../inventory/north-america.ts'
import type { AddressRecord } from '../../resources/address.ts'

/*
 * Twilio holds an address in North America against the records of the post. This mock holds it against the form
 * that its region and postal code must have; what only needs tidying is tidied, or suggested when the client
 * wants nothing changed (AutoCorrectAddress=false).
 */

export type AddressSettings = Omit<AddressRecord, 'sid' | 'dateCreated' | 'dateUpdated'>

export function readAddress(form: Form, current?: AddressRecord): AddressSettings {
  const isoCountry = current?.isoCountry ?? required(form, 'IsoCountry').toUpperCase()
  if (!isSupportedCountry(isoCountry)) throw refusal(21628, `IsoCountry ${isoCountry}`)
  const given = {
    customerName: required(form, 'CustomerName', current?.customerName),
    street: required(form, 'Street', current?.street),
    city: required(form, 'City', current?.city),
    region: required(form, 'Region', current?.region),
    postalCode: required(form, 'PostalCode', current?.postalCode)
  }
  const friendlyName = text(form, 'FriendlyName') ?? current?.friendlyName ?? ''
  if (friendlyName.length > 64) throw refusal(20002)
  return {
    ...given,
    ...checked(isoCountry, given, flag(form, 'AutoCorrectAddress') ?? true),
    isoCountry,
    friendlyName: friendlyName || null,
    streetSecondary: (text(form, 'StreetSecondary') ?? current?.streetSecondary) || null,
    emergencyEnabled: flag(form, 'EmergencyEnabled') ?? current?.emergencyEnabled ?? false
  }
}

function required(form: Form, name: string, current?: string): string {
  const value = text(form, name) ?? current
  if (value === undefined || value.trim() === '') {
    throw refusal(20001, `Missing required parameter ${name}`)
  }
  if (value.length > 255) throw refusal(21628, `${name} is longer than 255 characters`)
  return value
}

const postalCodes: Record<string, RegExp> = {
  US: /^\d{5}(?:-\d{4})?$/,
  PR: /^00\d{3}(?:-\d{4})?$/,
  CA: /^[A-Z]\d[A-Z] \d[A-Z]\d$/
}

const regions = new Map<string, Set<string>>()
for (const { country, region } of areas.values()) {
  regions.set(country, (regions.get(country) ?? new Set()).add(region))
}
regions.get('CA')?.add('PE').add('NT').add('NU')

interface Checkable {
  region: string
  postalCode: string
}

function checked(
  isoCountry: string,
  given: Checkable,
  mayCorrect: boolean
): Checkable & { validated: boolean } {
  const pattern = postalCodes[isoCountry]
  if (pattern === undefined) return { ...given, validated: false }
  const tidy = {
    region: given.region.trim().toUpperCase(),
    postalCode: tidyPostalCode(isoCountry, given.postalCode)
  }
  if (!pattern.test(tidy.postalCode)) throw refusal(21628, `PostalCode ${given.postalCode}`)
  if (!regions.get(isoCountry)?.has(tidy.region)) throw refusal(21628, `Region ${given.region}`)
  const isTidy = tidy.region === given.region && tidy.postalCode === given.postalCode
  if (!isTidy && !mayCorrect) throw refusal(21629, `${tidy.region} ${tidy.postalCode}`)
  return { ...tidy, validated: true }
}

function tidyPostalCode(isoCountry: string, postalCode: string): string {
  const code = postalCode.trim().toUpperCase()
  return isoCountry === 'CA' ? code.replace(/^(\w{3})[ -]?(\w{3})$/, '$1 $2') : code
}
