import { rfc2822 } from '../dates.ts'
import { numberedSid } from '../ids.ts'
import { describeNumber, nationalFormat } from '../inventory/available-number.ts'
import type { AddressRequirements, NumberType } from '../inventory/countries.ts'
import type { NumberSeed } from '../seeds.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

export interface NumberRecord {
  readonly sid: string
  readonly phoneNumber: string
  friendlyName: string
  smsUrl: string
  smsMethod: 'GET' | 'POST'
  smsFallbackUrl: string
  smsFallbackMethod: 'GET' | 'POST'
  voiceUrl: string
  voiceMethod: 'GET' | 'POST'
  voiceFallbackUrl: string
  voiceFallbackMethod: 'GET' | 'POST'
  statusCallback: string
  statusCallbackMethod: 'GET' | 'POST'
  type: NumberType
  voice: boolean
  sms: boolean
  mms: boolean
  fax: boolean
  beta: boolean
  addressRequirements: AddressRequirements
  /** Beats smsUrl, as voiceApplicationSid beats voiceUrl, and trunkSid both of these. */
  smsApplicationSid: string | null
  voiceApplicationSid: string | null
  trunkSid: string | null
  voiceCallerIdLookup: boolean
  voiceReceiveMode: 'voice' | 'fax'
  addressSid: string | null
  bundleSid: string | null
  identitySid: string | null
  emergencyAddressSid: string | null
  emergencyStatus: 'Active' | 'Inactive'
  dateCreated: number
  dateUpdated: number
  serviceSid: string | undefined
}

/** A number as it is seeded: it can text and call whatever its digits say. */
export function newNumber(sid: string, seed: NumberSeed, now: number): NumberRecord {
  const { type, addressRequirements } = describeNumber(seed.phone_number)
  return {
    sid,
    phoneNumber: seed.phone_number,
    friendlyName: seed.friendly_name ?? nationalFormat(seed.phone_number),
    smsUrl: seed.sms_url ?? '',
    smsMethod: seed.sms_method ?? 'POST',
    smsFallbackUrl: seed.sms_fallback_url ?? '',
    smsFallbackMethod: 'POST',
    voiceUrl: seed.voice_url ?? '',
    voiceMethod: 'POST',
    voiceFallbackUrl: '',
    voiceFallbackMethod: 'POST',
    statusCallback: seed.status_callback ?? '',
    statusCallbackMethod: 'POST',
    type,
    voice: true,
    sms: seed.sms ?? true,
    mms: seed.mms ?? seed.sms ?? true,
    fax: false,
    beta: false,
    addressRequirements,
    smsApplicationSid: null,
    voiceApplicationSid: null,
    trunkSid: null,
    voiceCallerIdLookup: false,
    voiceReceiveMode: 'voice',
    addressSid: null,
    bundleSid: null,
    identitySid: null,
    emergencyAddressSid: null,
    emergencyStatus: 'Inactive',
    dateCreated: now,
    dateUpdated: now,
    serviceSid: undefined
  }
}

/** Twilio tells the type of a number in the list of all numbers, but not in the list of the type. */
export function numberResource(world: World, number: NumberRecord): Record<string, unknown> {
  return { ...typedNumberResource(world, number), type: number.type }
}

export function typedNumberResource(world: World, number: NumberRecord): Record<string, unknown> {
  const { voice, sms, mms, fax } = number
  const filled = world.isGemCompatible ? gemSids : noSids
  return {
    account_sid: world.accountSid,
    address_requirements: number.addressRequirements,
    address_sid: number.addressSid ?? filled.address,
    api_version: apiVersion,
    beta: number.beta,
    bundle_sid: number.bundleSid ?? filled.bundle,
    capabilities: { voice, sms, mms, fax },
    date_created: rfc2822(number.dateCreated),
    date_updated: rfc2822(number.dateUpdated),
    emergency_address_sid: number.emergencyAddressSid ?? filled.address,
    emergency_address_status: number.emergencyAddressSid === null ? 'unregistered' : 'registered',
    emergency_status: number.emergencyStatus,
    friendly_name: number.friendlyName,
    identity_sid: number.identitySid ?? filled.identity,
    origin: 'twilio',
    phone_number: number.phoneNumber,
    sid: number.sid,
    sms_application_sid: number.smsApplicationSid,
    sms_fallback_method: number.smsFallbackMethod,
    sms_fallback_url: number.smsFallbackUrl,
    sms_method: number.smsMethod,
    sms_url: number.smsUrl,
    status: 'in-use',
    status_callback: number.statusCallback,
    status_callback_method: number.statusCallbackMethod,
    trunk_sid: number.trunkSid,
    uri: `/${apiVersion}/Accounts/${world.accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
    voice_application_sid: number.voiceApplicationSid,
    voice_caller_id_lookup: number.voiceCallerIdLookup,
    voice_fallback_method: number.voiceFallbackMethod,
    voice_fallback_url: number.voiceFallbackUrl,
    voice_method: number.voiceMethod,
    voice_receive_mode: number.voiceReceiveMode,
    voice_url: number.voiceUrl
  }
}

const noSids = { address: null, bundle: null, identity: null }

/** The Ruby gem puts sids of its own wherever it finds some value. */
const gemSids = {
  address: numberedSid('AD', 1),
  bundle: numberedSid('BU', 1),
  identity: numberedSid('RI', 1)
}

/** The shorter form in which an address names its numbers. */
export function dependentNumberResource(
  world: World,
  number: NumberRecord
): Record<string, unknown> {
  const {
    beta: _beta,
    address_sid: _address,
    bundle_sid: _bundle,
    identity_sid: _identity,
    origin: _origin,
    status: _status,
    voice_receive_mode: _mode,
    emergency_address_status: _emergency,
    ...shown
  } = typedNumberResource(world, number)
  return shown
}
