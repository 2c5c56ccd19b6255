import { refusal } from '../../errors.ts'
import { flag, httpMethod, oneOf, text, url, type Form } from '../../forms.ts'
import { isSid, type SidPrefix } from '../../ids.ts'
import { describeNumber } from '../../inventory/available-number.ts'
import type { NumberRecord } from '../../resources/phone-number.ts'
import type { World } from '../../world.ts'

/** What a client may set on its number, at birth and later; checked against the account that will have it. */
export function readSettings(world: World, number: NumberRecord, form: Form): Settings {
  const trunkSid = reference(form, 'TrunkSid', 'TK', number.trunkSid)
  const voiceApplicationSid = applicationSid(
    world,
    form,
    'VoiceApplicationSid',
    number.voiceApplicationSid
  )
  const next = {
    friendlyName: text(form, 'FriendlyName') ?? number.friendlyName,
    smsUrl: url(form, 'SmsUrl') ?? number.smsUrl,
    smsMethod: httpMethod(form, 'SmsMethod') ?? number.smsMethod,
    smsFallbackUrl: url(form, 'SmsFallbackUrl') ?? number.smsFallbackUrl,
    smsFallbackMethod: httpMethod(form, 'SmsFallbackMethod') ?? number.smsFallbackMethod,
    smsApplicationSid: applicationSid(world, form, 'SmsApplicationSid', number.smsApplicationSid),
    voiceUrl: url(form, 'VoiceUrl') ?? number.voiceUrl,
    voiceMethod: httpMethod(form, 'VoiceMethod') ?? number.voiceMethod,
    voiceFallbackUrl: url(form, 'VoiceFallbackUrl') ?? number.voiceFallbackUrl,
    voiceFallbackMethod: httpMethod(form, 'VoiceFallbackMethod') ?? number.voiceFallbackMethod,
    voiceCallerIdLookup: flag(form, 'VoiceCallerIdLookup') ?? number.voiceCallerIdLookup,
    voiceReceiveMode:
      oneOf(form, 'VoiceReceiveMode', ['voice', 'fax'] as const) ?? number.voiceReceiveMode,
    statusCallback: url(form, 'StatusCallback') ?? number.statusCallback,
    statusCallbackMethod: httpMethod(form, 'StatusCallbackMethod') ?? number.statusCallbackMethod,
    ...connection(form, trunkSid, voiceApplicationSid),
    addressSid: reference(form, 'AddressSid', 'AD', number.addressSid),
    bundleSid: reference(form, 'BundleSid', 'BU', number.bundleSid),
    identitySid: reference(form, 'IdentitySid', 'RI', number.identitySid),
    emergencyAddressSid: reference(form, 'EmergencyAddressSid', 'AD', number.emergencyAddressSid),
    emergencyStatus:
      oneOf(form, 'EmergencyStatus', ['Active', 'Inactive'] as const) ?? number.emergencyStatus
  }
  if (next.friendlyName.length > 64) throw refusal(20002)
  if (next.smsFallbackUrl !== '' && next.smsUrl === '') throw refusal(21405)
  if (next.voiceFallbackUrl !== '' && next.voiceUrl === '') throw refusal(21406)
  if (!world.numbers.has(number.sid) || !hasSamePapers(number, next)) {
    checkRequirements(world, number, next)
  }
  return next
}

export type Settings = Partial<NumberRecord> &
  Pick<NumberRecord, 'addressSid' | 'bundleSid' | 'identitySid' | 'emergencyAddressSid'>

/** A trunk takes the place of an application and the other way round: what is set last stays. */
function connection(form: Form, trunkSid: string | null, voiceApplicationSid: string | null) {
  if (text(form, 'TrunkSid')) return { trunkSid, voiceApplicationSid: null }
  if (text(form, 'VoiceApplicationSid')) return { trunkSid: null, voiceApplicationSid }
  return { trunkSid, voiceApplicationSid }
}

/** An empty sid takes the former one away. */
function applicationSid(
  world: World,
  form: Form,
  name: string,
  current: string | null
): string | null {
  const given = text(form, name)
  if (given === undefined) return current
  if (given === '') return null
  if (!isSid(given, 'AP')) throw refusal(21218, given)
  if (!world.applications.has(given)) throw refusal(21420, given)
  return given
}

/** What it names may be of a product that is not here: a trunk, a bundle, an identity. */
function reference(
  form: Form,
  name: string,
  prefix: SidPrefix,
  current: string | null
): string | null {
  const given = text(form, name)
  if (given === undefined) return current
  if (given === '') return null
  if (!isSid(given, prefix)) throw refusal(20001, `${name} ${given}`)
  return given
}

/** A number that was seeded without papers goes on without them. */
function hasSamePapers(number: NumberRecord, next: Settings): boolean {
  return (
    number.addressSid === next.addressSid &&
    number.bundleSid === next.bundleSid &&
    number.identitySid === next.identitySid &&
    number.emergencyAddressSid === next.emergencyAddressSid
  )
}

/**
 * What a country demands of whoever has its numbers.
 * https://www.twilio.com/docs/api/errors/21631 and its neighbours
 */
function checkRequirements(world: World, number: NumberRecord, next: Settings): void {
  const { phoneNumber, addressRequirements } = number
  const { country, papers } = describeNumber(phoneNumber)
  for (const sid of [next.addressSid, next.emergencyAddressSid]) {
    if (sid !== null && !world.addresses.has(sid)) throw refusal(21651, sid, phoneNumber)
  }
  const address = next.addressSid === null ? undefined : world.addresses.get(next.addressSid)
  const isLocal = address?.isoCountry === country
  if (addressRequirements === 'any' && address === undefined) throw refusal(21631, phoneNumber)
  if (addressRequirements === 'local' && !isLocal) throw refusal(21615, phoneNumber, country ?? '')
  if (addressRequirements === 'foreign') {
    if (address === undefined) throw refusal(21631, phoneNumber)
    if (isLocal) throw refusal(21651, address.sid, phoneNumber)
  }
  if (papers === 'bundle' && next.bundleSid === null) throw refusal(21649, phoneNumber)
  if (papers === 'identity' && next.identitySid === null) throw refusal(21650, phoneNumber)
}
