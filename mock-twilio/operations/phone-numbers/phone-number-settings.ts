import { refusal } from '../../errors.ts'
import { httpMethod, text, url, type Form } from '../../forms.ts'
import type { NumberRecord } from '../../resources/phone-number.ts'

/** What a client may set on its number, at birth and later. */
export function applySettings(number: NumberRecord, form: Form): void {
  const next = {
    friendlyName: text(form, 'FriendlyName') ?? number.friendlyName,
    smsUrl: url(form, 'SmsUrl') ?? number.smsUrl,
    smsMethod: httpMethod(form, 'SmsMethod') ?? number.smsMethod,
    smsFallbackUrl: url(form, 'SmsFallbackUrl') ?? number.smsFallbackUrl,
    smsFallbackMethod: httpMethod(form, 'SmsFallbackMethod') ?? number.smsFallbackMethod,
    voiceUrl: url(form, 'VoiceUrl') ?? number.voiceUrl,
    voiceMethod: httpMethod(form, 'VoiceMethod') ?? number.voiceMethod,
    voiceFallbackUrl: url(form, 'VoiceFallbackUrl') ?? number.voiceFallbackUrl,
    voiceFallbackMethod: httpMethod(form, 'VoiceFallbackMethod') ?? number.voiceFallbackMethod,
    statusCallback: url(form, 'StatusCallback') ?? number.statusCallback,
    statusCallbackMethod: httpMethod(form, 'StatusCallbackMethod') ?? number.statusCallbackMethod
  }
  if (next.friendlyName.length > 64) throw refusal(20002)
  if (next.smsFallbackUrl !== '' && next.smsUrl === '') throw refusal(21405)
  if (next.voiceFallbackUrl !== '' && next.voiceUrl === '') throw refusal(21406)
  Object.assign(number, next)
}
