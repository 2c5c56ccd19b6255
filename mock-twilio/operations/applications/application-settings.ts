import { refusal } from '../../errors.ts'
import { flag, httpMethod, text, url, type Form } from '../../forms.ts'
import type { ApplicationRecord } from '../../resources/application.ts'

/** What a client may set on its application, at birth and later. */
export function applySettings(application: ApplicationRecord, form: Form): void {
  const now = application
  const next = {
    friendlyName: text(form, 'FriendlyName') ?? now.friendlyName,
    smsUrl: url(form, 'SmsUrl') ?? now.smsUrl,
    smsMethod: httpMethod(form, 'SmsMethod') ?? now.smsMethod,
    smsFallbackUrl: url(form, 'SmsFallbackUrl') ?? now.smsFallbackUrl,
    smsFallbackMethod: httpMethod(form, 'SmsFallbackMethod') ?? now.smsFallbackMethod,
    messageStatusCallback:
      url(form, 'MessageStatusCallback') ??
      url(form, 'SmsStatusCallback') ??
      now.messageStatusCallback,
    voiceUrl: url(form, 'VoiceUrl') ?? now.voiceUrl,
    voiceMethod: httpMethod(form, 'VoiceMethod') ?? now.voiceMethod,
    voiceFallbackUrl: url(form, 'VoiceFallbackUrl') ?? now.voiceFallbackUrl,
    voiceFallbackMethod: httpMethod(form, 'VoiceFallbackMethod') ?? now.voiceFallbackMethod,
    voiceCallerIdLookup: flag(form, 'VoiceCallerIdLookup') ?? now.voiceCallerIdLookup,
    statusCallback: url(form, 'StatusCallback') ?? now.statusCallback,
    statusCallbackMethod: httpMethod(form, 'StatusCallbackMethod') ?? now.statusCallbackMethod,
    publicApplicationConnectEnabled:
      flag(form, 'PublicApplicationConnectEnabled') ?? now.publicApplicationConnectEnabled
  }
  if (next.friendlyName.length > 64) throw refusal(20002)
  if (next.smsFallbackUrl !== '' && next.smsUrl === '') throw refusal(21405)
  if (next.voiceFallbackUrl !== '' && next.voiceUrl === '') throw refusal(21406)
  Object.assign(application, next)
}
