import {
  busCampaign,
  districtInformation,
  policySids,
  superintendent,
  tollfreeDetails
} from '../../../mock-twilio/testing/district.ts'

/*
 * What a client that means it would say: of parameters whose type alone tells too little for a request to get
 * through. A name stands for every operation, or behind an operation's name for that one. A list of lists
 * is of parameters that are repeated.
 */

type Values = readonly string[]

const endUserTypes = [
  'customer_profile_business_information',
  'authorized_representative_1',
  'us_a2p_messaging_profile_information',
  'sole_proprietor_information',
  'customer_profile_address'
]

const consent = {
  correlation_id: 'a'.repeat(32),
  sender_id: '+16015550100',
  contact_id: '+16015550123',
  status: 'opt-out',
  source: 'website',
  date_of_consent: '2026-11-01T10:00:00Z'
}

const oneOf: Readonly<Record<string, Values>> = {
  CountryCode: ['US', 'US', 'CA', 'GB', 'DE', 'SE'],
  IsoCountry: ['US', 'us', 'GB'],
  Region: ['MS'],
  PostalCode: ['39201', '39201-1234'],
  City: ['Jackson'],
  Street: ['1 School Street'],
  CustomerName: ['Clearwater County School District'],
  Field: ['line_type_intelligence'],
  line_type: ['mobile', 'landline', 'fixedVoip'],
  reason: ['the parents say so'],
  PolicySid: Object.values(policySids),
  Type: endUserTypes,
  Attributes: [
    JSON.stringify(districtInformation),
    JSON.stringify(superintendent),
    '{"company_type":"public"}',
    '{}'
  ],
  Email: ['ada@district.example'],
  ChannelEndpointType: ['phone-number'],
  Mock: ['true', 'true', 'true', 'false'],
  BrandType: ['STANDARD', 'SOLE_PROPRIETOR'],
  VettingId: ['cv|1.0|tcr|10dlc|1', ''],
  AlphaSender: ['District', 'Clearwater', 'A b'],
  AreaCode: ['601', '662', '800'],
  'create-participant ConferenceSid': ['Bus', 'Bus', 'Van'],
  'create-participant Label': ['boss', 'parent', ''],
  'update-conference Status': ['completed', ''],
  'update-call-recording Status': ['paused', 'in-progress', 'stopped'],
  'update-conference-recording Status': ['paused', 'in-progress', 'stopped'],
  PauseBehavior: ['skip', 'silence'],
  RequestedChannels: ['1', '2'],
  RecordingChannels: ['mono', 'dual'],
  RecordingTrack: ['inbound', 'outbound', 'both'],
  Trim: ['trim-silence', 'do-not-trim'],
  Beep: ['true', 'false', 'onEnter', 'onExit'],
  'update-message Body': [''],
  'update-message Status': ['canceled'],
  'update-account Status': ['active', 'active', 'active', 'suspended'],
  'update-customer-profile Status': ['pending-review', 'draft'],
  'update-trust-product Status': ['pending-review', 'draft'],
  'create-bulk-consents Items': [JSON.stringify(consent)],
  ...singles(tollfreeDetails)
}

/** All of them together. */
const allOf: Readonly<Record<string, Values>> = {
  MessageSamples: busCampaign.MessageSamples,
  UseCaseCategories: tollfreeDetails.UseCaseCategories,
  OptInImageUrls: tollfreeDetails.OptInImageUrls
}

const campaign: Readonly<Record<string, Values>> = singles(busCampaign)

export function likelyValues(
  operation: string,
  parameter: string
): { choices: Values; isList: boolean } | undefined {
  const list = allOf[parameter]
  if (list !== undefined) return { choices: list, isList: true }
  const choices =
    oneOf[`${operation} ${parameter}`] ??
    (operation.endsWith('-campaign') ? campaign[parameter] : undefined) ??
    oneOf[parameter]
  return choices && { choices, isList: false }
}

function singles(form: Readonly<Record<string, unknown>>): Record<string, Values> {
  return Object.fromEntries(
    Object.entries(form)
      .filter(([, value]) => !Array.isArray(value))
      .map(([name, value]) => [name, [String(value)]])
  )
}
