import { rfc2822 } from '../dates.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'
import type { NumberRecord } from './phone-number.ts'

export function shortCodeResource(world: World, code: NumberRecord): Record<string, unknown> {
  return {
    account_sid: world.accountSid,
    api_version: apiVersion,
    date_created: rfc2822(code.dateCreated),
    date_updated: rfc2822(code.dateUpdated),
    friendly_name: code.friendlyName,
    short_code: code.phoneNumber,
    sid: code.sid,
    sms_fallback_method: code.smsFallbackMethod,
    sms_fallback_url: code.smsFallbackUrl || null,
    sms_method: code.smsMethod,
    sms_url: code.smsUrl || null,
    uri: `/${apiVersion}/Accounts/${world.accountSid}/SMS/ShortCodes/${code.sid}.json`
  }
}
