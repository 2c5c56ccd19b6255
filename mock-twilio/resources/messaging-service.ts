import { copyPlain } from '../../simulator/plain-data.ts'
import { campaignOf } from '../compliance.ts'
import { iso8601 } from '../dates.ts'
import type { World } from '../world.ts'
import { describeNumber } from '../inventory/available-number.ts'
import type { NumberRecord } from './phone-number.ts'

export interface ServiceRecord {
  readonly sid: string
  friendlyName: string
  inboundRequestUrl: string | null
  inboundMethod: 'GET' | 'POST'
  fallbackUrl: string | null
  fallbackMethod: 'GET' | 'POST'
  statusCallback: string | null
  stickySender: boolean
  mmsConverter: boolean
  smartEncoding: boolean
  scanMessageContent: 'inherit' | 'enable' | 'disable'
  fallbackToLongCode: boolean
  areaCodeGeomatch: boolean
  synchronousValidation: boolean
  validityPeriod: number
  usecase: string
  useInboundWebhookOnNumber: boolean
  dateCreated: number
  dateUpdated: number
  /** In the order of joining. */
  pool: PoolMember[]
  alphaSenders: AlphaSenderRecord[]
  nextInTurn: number
  /** Which number a person was last written to from. */
  stickySenders: Map<string, string>
}

export interface AlphaSenderRecord {
  readonly sid: string
  readonly alphaSender: string
  readonly dateCreated: number
}

export interface PoolMember {
  number: NumberRecord
  joinedAt: number
}

/** As JSON carries it: the members of the pool by sid. */
export type SavedService = ReturnType<typeof saveService>

export function saveService({ pool, stickySenders, ...service }: ServiceRecord) {
  return copyPlain({
    ...service,
    pool: pool.map(({ number, ...member }) => ({ ...member, sid: number.sid })),
    stickySenders: [...stickySenders]
  })
}

/** `numberOf` throws where there is no such number. */
export function restoreService(
  saved: SavedService,
  numberOf: (sid: string) => NumberRecord
): ServiceRecord {
  const { pool, stickySenders, ...service } = copyPlain(saved)
  return {
    ...service,
    pool: pool.map(({ sid, ...member }) => ({ ...member, number: numberOf(sid) })),
    stickySenders: new Map(stickySenders)
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
    us_app_to_person_registered: campaignOf(world, service.sid)?.status === 'VERIFIED',
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
  const isNorthAmerican = number.phoneNumber.startsWith('+1')
  return {
    account_sid: world.accountSid,
    capabilities: capabilitiesOf(number),
    country_code: describeNumber(number.phoneNumber).country ?? (isNorthAmerican ? 'US' : null),
    date_created: iso8601(joinedAt),
    date_updated: iso8601(joinedAt),
    phone_number: number.phoneNumber,
    service_sid: service.sid,
    sid: number.sid,
    url: `${messagingHost}/v1/Services/${service.sid}/PhoneNumbers/${number.sid}`
  }
}

/** Short codes are American here. */
export function poolShortCodeResource(
  world: World,
  service: ServiceRecord,
  { number, joinedAt }: PoolMember
): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    capabilities: capabilitiesOf({ ...number, voice: false }),
    country_code: 'US',
    date_created: iso8601(joinedAt),
    date_updated: iso8601(joinedAt),
    service_sid: service.sid,
    short_code: number.phoneNumber,
    sid: number.sid,
    url: `${messagingHost}/v1/Services/${service.sid}/ShortCodes/${number.sid}`
  }
}

export function alphaSenderResource(
  world: World,
  service: ServiceRecord,
  { sid, alphaSender, dateCreated }: AlphaSenderRecord
): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    alpha_sender: alphaSender,
    capabilities: ['SMS'],
    date_created: iso8601(dateCreated),
    date_updated: iso8601(dateCreated),
    service_sid: service.sid,
    sid,
    url: `${messagingHost}/v1/Services/${service.sid}/AlphaSenders/${sid}`
  }
}

function capabilitiesOf({ voice, sms, mms }: NumberRecord): string[] {
  return [...(voice ? ['Voice'] : []), ...(sms ? ['SMS'] : []), ...(mms ? ['MMS'] : [])]
}
