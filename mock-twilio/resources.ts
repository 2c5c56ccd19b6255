import { iso8601, rfc2822 } from './dates.ts'
import { deliveryErrors } from './errors.ts'
import type { NumberLookup } from './number-lookup.ts'
import type {
  KeyRecord,
  MediaRecord,
  MessageRecord,
  NumberRecord,
  PoolMember,
  ServiceRecord
} from './records.ts'
import type { LineType } from './seeds.ts'
import type { World } from './store.ts'

/*
 * How the resources look on the wire. Numbers under /2010-04-01 that look like text are text there:
 * num_segments, num_media, price.
 */

const apiVersion = '2010-04-01'

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
      incoming_phone_numbers: `${uri}/IncomingPhoneNumbers.json`,
      keys: `${uri}/Keys.json`,
      messages: `${uri}/Messages.json`
    },
    type: 'Full',
    uri: `${uri}.json`
  }
}

/** The secret is shown once, to the one who creates the key. */
export function keyResource(key: KeyRecord): Record<string, unknown> {
  return {
    sid: key.sid,
    friendly_name: key.friendlyName,
    date_created: rfc2822(key.dateCreated),
    date_updated: rfc2822(key.dateUpdated)
  }
}

export function messageResource(world: World, message: MessageRecord): Record<string, unknown> {
  const uri = `/${apiVersion}/Accounts/${world.accountSid}/Messages/${message.sid}`
  const isSettled = message.dateSent !== null
  return {
    account_sid: world.accountSid,
    api_version: apiVersion,
    body: message.body,
    date_created: rfc2822(message.dateCreated),
    date_sent: message.dateSent === null ? null : rfc2822(message.dateSent),
    date_updated: rfc2822(message.dateUpdated),
    direction: message.direction,
    error_code: message.errorCode,
    error_message:
      message.errorCode === null
        ? null
        : (deliveryErrors.get(message.errorCode) ?? 'Unknown error'),
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: String(message.media.length),
    num_segments: hasSender(message) ? String(message.numSegments) : '0',
    price: isSettled ? priceOf(message) : null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`
  }
}

export function mediaResource(
  world: World,
  message: MessageRecord,
  media: MediaRecord
): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    content_type: media.contentType,
    date_created: rfc2822(media.dateCreated),
    date_updated: rfc2822(media.dateCreated),
    parent_sid: message.sid,
    sid: media.sid,
    uri: `${mediaPath(world, message, media)}.json`
  }
}

export function mediaPath(world: World, message: MessageRecord, media: MediaRecord): string {
  return `/${apiVersion}/Accounts/${world.accountSid}/Messages/${message.sid}/Media/${media.sid}`
}

export function numberResource(world: World, number: NumberRecord): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    address_requirements: 'none',
    address_sid: null,
    api_version: apiVersion,
    beta: false,
    bundle_sid: null,
    capabilities: { voice: true, sms: true, mms: number.mms, fax: false },
    date_created: rfc2822(number.dateCreated),
    date_updated: rfc2822(number.dateUpdated),
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    emergency_status: 'Inactive',
    friendly_name: number.friendlyName,
    identity_sid: null,
    origin: 'twilio',
    phone_number: number.phoneNumber,
    sid: number.sid,
    sms_application_sid: null,
    sms_fallback_method: number.smsFallbackMethod,
    sms_fallback_url: number.smsFallbackUrl,
    sms_method: number.smsMethod,
    sms_url: number.smsUrl,
    status: 'in-use',
    status_callback: number.statusCallback,
    status_callback_method: number.statusCallbackMethod,
    trunk_sid: null,
    uri: `/${apiVersion}/Accounts/${world.accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
    voice_application_sid: null,
    voice_caller_id_lookup: false,
    voice_fallback_method: number.voiceFallbackMethod,
    voice_fallback_url: number.voiceFallbackUrl,
    voice_method: number.voiceMethod,
    voice_receive_mode: 'voice',
    voice_url: number.voiceUrl
  }
}

const messagingHost = 'https://messaging.twilio.com'

export function serviceResource(world: World, service: ServiceRecord): Record<string, unknown> {
  const url = `${messagingHost}/v1/Services/${service.sid}`
  return {
    account_sid: world.accountSid,
    area_code_geomatch: service.areaCodeGeomatch,
    date_created: iso8601(service.dateCreated),
    date_updated: iso8601(service.dateUpdated),
    fallback_method: service.fallbackMethod,
    fallback_to_long_code: service.fallbackToLongCode,
    fallback_url: service.fallbackUrl,
    friendly_name: service.friendlyName,
    inbound_method: service.inboundMethod,
    inbound_request_url: service.inboundRequestUrl,
    links: {
      alpha_senders: `${url}/AlphaSenders`,
      messages: `${messagingHost}/v1/Services/${service.sid}/Messages`,
      phone_numbers: `${url}/PhoneNumbers`,
      short_codes: `${url}/ShortCodes`,
      us_app_to_person: `${url}/Compliance/Usa2p`,
      us_app_to_person_usecases: `${url}/Compliance/Usa2p/Usecases`
    },
    mms_converter: service.mmsConverter,
    scan_message_content: service.scanMessageContent,
    sid: service.sid,
    smart_encoding: service.smartEncoding,
    status_callback: service.statusCallback,
    sticky_sender: service.stickySender,
    synchronous_validation: service.synchronousValidation,
    url,
    us_app_to_person_registered: false,
    use_inbound_webhook_on_number: service.useInboundWebhookOnNumber,
    usecase: service.usecase,
    validity_period: service.validityPeriod
  }
}

/** A number in a service keeps the sid that it has in the account. */
export function poolMemberResource(
  world: World,
  service: ServiceRecord,
  { number, joinedAt }: PoolMember
): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    capabilities: number.mms ? ['Voice', 'SMS', 'MMS'] : ['Voice', 'SMS'],
    country_code: number.phoneNumber.startsWith('+1') ? 'US' : null,
    date_created: iso8601(joinedAt),
    date_updated: iso8601(joinedAt),
    phone_number: number.phoneNumber,
    service_sid: service.sid,
    sid: number.sid,
    url: `${messagingHost}/v1/Services/${service.sid}/PhoneNumbers/${number.sid}`
  }
}

/** A package that was not asked for, or not of a valid number, is null. */
export function lookupResource(
  lookup: NumberLookup,
  lineType: LineType | undefined
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
    line_type_intelligence: lineType === undefined ? null : lineTypePackage(lineType),
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
function lineTypePackage(type: LineType): Record<string, unknown> {
  const isMobile = type === 'mobile'
  return {
    error_code: type === 'unknown' ? 60600 : null,
    mobile_country_code: isMobile ? '310' : null,
    mobile_network_code: isMobile ? '410' : null,
    carrier_name: linesWithCarrier.has(type) ? 'Mock carrier' : null,
    type: type === 'unknown' ? null : type
  }
}

/** Unknown as long as a messaging service has not chosen who sends. */
function hasSender({ status }: MessageRecord): boolean {
  return status !== 'accepted' && status !== 'scheduled'
}

/** Round numbers of our own: a price list is not what this mock is for. */
function priceOf({ media, numSegments }: MessageRecord): string {
  const dollars = media.length > 0 ? 0.02 : 0.0079 * numSegments
  return (-dollars).toFixed(5)
}
