import { refusal } from '../../errors.ts'
import { flag, text, texts, url, type Form } from '../../forms.ts'
import type { CampaignSettings } from '../../resources/campaign.ts'

type Bounds = readonly [least: number, most: number]

/** https://www.twilio.com/docs/messaging/api/usapptoperson-resource */
const bounds = {
  Description: [40, 4096],
  MessageFlow: [40, 2048],
  MessageSamples: [20, 1024],
  OptInMessage: [20, 320],
  OptOutMessage: [20, 320],
  HelpMessage: [20, 320],
  OptInKeywords: [1, 255],
  OptOutKeywords: [1, 255],
  HelpKeywords: [1, 255]
} as const satisfies Record<string, Bounds>

const sampleBounds: Bounds = [2, 5]

/**
 * What a client says of its campaign, at birth and when it is corrected; `current` is what it has said
 * before. What has to be said: https://www.twilio.com/docs/api/errors/21727, how long it may be:
 * https://www.twilio.com/docs/api/errors/21728
 */
export function campaignSettings(
  form: Form,
  required: readonly string[],
  current?: CampaignSettings
): CampaignSettings {
  const missing = required.filter(name => texts(form, name).every(value => value === ''))
  if (missing.length > 0) throw refusal(21727, missing.join(', '))
  const samples = many(form, 'MessageSamples') ?? []
  const [least, most] = sampleBounds
  if (samples.length < least || samples.length > most) {
    throw refusal(21728, `MessageSamples are ${least} to ${most}, got ${samples.length}`)
  }
  return {
    description: one(form, 'Description') ?? '',
    messageFlow: one(form, 'MessageFlow') ?? '',
    messageSamples: samples,
    hasEmbeddedLinks: flag(form, 'HasEmbeddedLinks') ?? false,
    hasEmbeddedPhone: flag(form, 'HasEmbeddedPhone') ?? false,
    optInMessage: one(form, 'OptInMessage') ?? current?.optInMessage ?? null,
    optOutMessage: one(form, 'OptOutMessage') ?? current?.optOutMessage ?? null,
    helpMessage: one(form, 'HelpMessage') ?? current?.helpMessage ?? null,
    optInKeywords: keywords(form, 'OptInKeywords') ?? current?.optInKeywords ?? [],
    optOutKeywords: keywords(form, 'OptOutKeywords') ?? current?.optOutKeywords ?? [],
    helpKeywords: keywords(form, 'HelpKeywords') ?? current?.helpKeywords ?? [],
    subscriberOptIn: flag(form, 'SubscriberOptIn') ?? current?.subscriberOptIn ?? false,
    ageGated: flag(form, 'AgeGated') ?? current?.ageGated ?? false,
    directLending: flag(form, 'DirectLending') ?? current?.directLending ?? false,
    privacyPolicyUrl: url(form, 'PrivacyPolicyUrl') || (current?.privacyPolicyUrl ?? null),
    termsAndConditionsUrl:
      url(form, 'TermsAndConditionsUrl') || (current?.termsAndConditionsUrl ?? null)
  }
}

function one(form: Form, name: keyof typeof bounds): string | undefined {
  const value = text(form, name)
  return value === undefined || value === '' ? undefined : within(name, value)
}

function many(form: Form, name: keyof typeof bounds): string[] | undefined {
  const values = texts(form, name)
  return values.length === 0 ? undefined : values.map(value => within(name, value))
}

/** Some languages write several keywords into one value, with commas between. */
function keywords(form: Form, name: keyof typeof bounds): string[] | undefined {
  const words = many(form, name)?.flatMap(value => value.split(',').map(word => word.trim()))
  const strange = words?.find(word => !/^[a-z0-9]+$/i.test(word))
  if (strange !== undefined) throw refusal(20001, `${name} are alphanumeric, got ${strange}`)
  return words
}

function within(name: keyof typeof bounds, value: string): string {
  const [least, most] = bounds[name]
  if (value.length < least || value.length > most) {
    throw refusal(21728, `${name} has ${least} to ${most} characters, got ${value.length}`)
  }
  return value
}
