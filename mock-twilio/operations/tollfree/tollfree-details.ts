import { shortText } from '../../compliance/parameters.ts'
import { refusal } from '../../errors.ts'
import { flag, isWebUrl, oneOf, texts, type Form } from '../../forms.ts'
import { isPhoneNumber } from '../../phone-number.ts'
import type { TollfreeDetails } from '../../resources/tollfree-verification.ts'

/** https://www.twilio.com/docs/messaging/api/tollfree-verification-resource */

type Read = (form: Form, name: string) => string | boolean | string[] | undefined

const optInTypes = [
  'VERBAL',
  'WEB_FORM',
  'PAPER_FORM',
  'VIA_TEXT',
  'MOBILE_QR_CODE',
  'IMPORT',
  'IMPORT_PLEASE_REPLACE'
]

const useCaseCategories = [
  'TWO_FACTOR_AUTHENTICATION',
  'ACCOUNT_NOTIFICATIONS',
  'CUSTOMER_CARE',
  'CHARITY_NONPROFIT',
  'DELIVERY_NOTIFICATIONS',
  'FRAUD_ALERT_MESSAGING',
  'EVENTS',
  'HIGHER_EDUCATION',
  'K12',
  'MARKETING',
  'POLLING_AND_VOTING_NON_POLITICAL',
  'POLITICAL_ELECTION_CAMPAIGNS',
  'PUBLIC_SERVICE_ANNOUNCEMENT',
  'SECURITY_ALERT'
]

const registrationAuthorities = [
  'EIN',
  'CBN',
  'CRN',
  'PROVINCIAL_NUMBER',
  'VAT',
  'ACN',
  'ABN',
  'BRN',
  'SIREN',
  'SIRET',
  'NZBN',
  'USt-IdNr',
  'CIF',
  'NIF',
  'CNPJ',
  'UID',
  'NEQ',
  'OTHER'
]

const businessTypes = [
  'PRIVATE_PROFIT',
  'PUBLIC_PROFIT',
  'SOLE_PROPRIETOR',
  'NON_PROFIT',
  'GOVERNMENT'
]

const words: Read = (form, name) => shortText(form, name) || undefined

const choice =
  (allowed: readonly string[]): Read =>
  (form, name) =>
    oneOf(form, name, allowed)

const list =
  (isGood: (value: string) => boolean = () => true): Read =>
  (form, name) => {
    const values = texts(form, name)
    const wrong = values.find(value => !isGood(value))
    if (wrong !== undefined) throw refusal(20001, `${name} ${wrong}`)
    return values.length === 0 ? undefined : values
  }

const phone: Read = (form, name) => {
  const value = shortText(form, name)
  if (!value) return undefined
  if (!isPhoneNumber(value)) throw refusal(20001, `${name} is E.164, got ${value}`)
  return value
}

const required: Readonly<Record<string, Read>> = {
  BusinessName: words,
  BusinessWebsite: words,
  NotificationEmail: words,
  UseCaseCategories: list(value => useCaseCategories.includes(value)),
  UseCaseSummary: words,
  ProductionMessageSample: words,
  OptInImageUrls: list(isWebUrl),
  OptInType: choice(optInTypes),
  MessageVolume: words
}

const optional: Readonly<Record<string, Read>> = {
  BusinessStreetAddress: words,
  BusinessStreetAddress2: words,
  BusinessCity: words,
  BusinessStateProvinceRegion: words,
  BusinessPostalCode: words,
  BusinessCountry: words,
  AdditionalInformation: words,
  BusinessContactFirstName: words,
  BusinessContactLastName: words,
  BusinessContactEmail: words,
  BusinessContactPhone: phone,
  BusinessRegistrationNumber: words,
  BusinessRegistrationAuthority: choice(registrationAuthorities),
  BusinessRegistrationCountry: words,
  BusinessType: choice(businessTypes),
  BusinessRegistrationPhoneNumber: phone,
  DoingBusinessAs: words,
  OptInConfirmationMessage: words,
  HelpMessageSample: words,
  PrivacyPolicyUrl: words,
  TermsAndConditionsUrl: words,
  AgeGatedContent: flag,
  OptInKeywords: list(),
  VettingProvider: choice(['CAMPAIGN_VERIFY']),
  VettingId: words
}

/** All that a verification has to have, and null for what it need not have and does not. */
export function newDetails(form: Form): TollfreeDetails {
  const details = changedDetails(form)
  for (const name of Object.keys(required)) {
    if (details[fieldOf(name)] === undefined) {
      throw refusal(20001, `Missing required parameter ${name}`)
    }
  }
  const nothing = Object.keys(optional).map(name => [fieldOf(name), null] as const)
  return { ...Object.fromEntries(nothing), ...details }
}

export function changedDetails(form: Form): TollfreeDetails {
  const details: TollfreeDetails = {}
  for (const [name, read] of Object.entries({ ...required, ...optional })) {
    const value = read(form, name)
    if (value !== undefined) details[fieldOf(name)] = value
  }
  return details
}

/** OptInImageUrls is opt_in_image_urls. */
function fieldOf(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase()
}
