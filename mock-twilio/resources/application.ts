import { rfc2822 } from '../dates.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

export interface ApplicationRecord {
  readonly sid: string
  friendlyName: string
  smsUrl: string
  smsMethod: 'GET' | 'POST'
  smsFallbackUrl: string
  smsFallbackMethod: 'GET' | 'POST'
  /** Also called SmsStatusCallback, its older name. */
  messageStatusCallback: string
  voiceUrl: string
  voiceMethod: 'GET' | 'POST'
  voiceFallbackUrl: string
  voiceFallbackMethod: 'GET' | 'POST'
  voiceCallerIdLookup: boolean
  statusCallback: string
  statusCallbackMethod: 'GET' | 'POST'
  publicApplicationConnectEnabled: boolean
  dateCreated: number
  dateUpdated: number
}

/** One with every setting as it is when nothing is said of it. */
export function newApplication(sid: string, now: number): ApplicationRecord {
  return {
    sid,
    friendlyName: '',
    smsUrl: '',
    smsMethod: 'POST',
    smsFallbackUrl: '',
    smsFallbackMethod: 'POST',
    messageStatusCallback: '',
    voiceUrl: '',
    voiceMethod: 'POST',
    voiceFallbackUrl: '',
    voiceFallbackMethod: 'POST',
    voiceCallerIdLookup: false,
    statusCallback: '',
    statusCallbackMethod: 'POST',
    publicApplicationConnectEnabled: false,
    dateCreated: now,
    dateUpdated: now
  }
}

export function applicationResource(
  world: World,
  application: ApplicationRecord
): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    api_version: apiVersion,
    date_created: rfc2822(application.dateCreated),
    date_updated: rfc2822(application.dateUpdated),
    friendly_name: application.friendlyName,
    message_status_callback: application.messageStatusCallback,
    public_application_connect_enabled: application.publicApplicationConnectEnabled,
    sid: application.sid,
    sms_fallback_method: application.smsFallbackMethod,
    sms_fallback_url: application.smsFallbackUrl,
    sms_method: application.smsMethod,
    sms_status_callback: application.messageStatusCallback,
    sms_url: application.smsUrl,
    status_callback: application.statusCallback,
    status_callback_method: application.statusCallbackMethod,
    uri: `/${apiVersion}/Accounts/${world.accountSid}/Applications/${application.sid}.json`,
    voice_caller_id_lookup: application.voiceCallerIdLookup,
    voice_fallback_method: application.voiceFallbackMethod,
    voice_fallback_url: application.voiceFallbackUrl,
    voice_method: application.voiceMethod,
    voice_url: application.voiceUrl
  }
}
