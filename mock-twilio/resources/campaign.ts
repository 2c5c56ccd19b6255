import type { Throughput } from '../compliance/throughput.ts'
import { iso8601 } from '../dates.ts'
import type { CampaignStatus } from '../lifecycles/campaign.ts'
import type { World } from '../world.ts'

/** A registered use of a messaging service for texts to the United States. */
export interface CampaignRecord {
  readonly sid: string
  readonly serviceSid: string
  readonly brandSid: string
  readonly usecase: string
  readonly isMock: boolean
  status: CampaignStatus
  settings: CampaignSettings
  /** The id at The Campaign Registry, once it is there. */
  campaignId: string | null
  /** What the carriers let through, once it is verified. */
  throughput: Throughput | null
  errors: CampaignError[]
  submissions: number
  readonly dateCreated: number
  dateUpdated: number
}

export interface CampaignError {
  error_code: number
  description: string
  url: string
  fields: string[]
}

export interface CampaignSettings {
  description: string
  messageFlow: string
  messageSamples: string[]
  hasEmbeddedLinks: boolean
  hasEmbeddedPhone: boolean
  optInMessage: string | null
  optOutMessage: string | null
  helpMessage: string | null
  optInKeywords: string[]
  optOutKeywords: string[]
  helpKeywords: string[]
  subscriberOptIn: boolean
  ageGated: boolean
  directLending: boolean
  privacyPolicyUrl: string | null
  termsAndConditionsUrl: string | null
}

export function campaignResource(world: World, campaign: CampaignRecord): Record<string, unknown> {
  const { settings, throughput } = campaign
  return {
    sid: campaign.sid,
    account_sid: world.accountSid,
    brand_registration_sid: campaign.brandSid,
    messaging_service_sid: campaign.serviceSid,
    description: settings.description,
    message_samples: settings.messageSamples,
    us_app_to_person_usecase: campaign.usecase,
    has_embedded_links: settings.hasEmbeddedLinks,
    has_embedded_phone: settings.hasEmbeddedPhone,
    subscriber_opt_in: settings.subscriberOptIn,
    age_gated: settings.ageGated,
    direct_lending: settings.directLending,
    campaign_status: campaign.status,
    campaign_id: campaign.campaignId,
    is_externally_registered: false,
    rate_limits:
      throughput === null
        ? null
        : {
            att: { mps: throughput.attMps, msg_class: throughput.attMessageClass },
            tmobile: { brand_tier: throughput.tmobileTier }
          },
    message_flow: settings.messageFlow,
    opt_in_message: settings.optInMessage,
    opt_out_message: settings.optOutMessage,
    help_message: settings.helpMessage,
    opt_in_keywords: settings.optInKeywords,
    opt_out_keywords: settings.optOutKeywords,
    help_keywords: settings.helpKeywords,
    date_created: iso8601(campaign.dateCreated),
    date_updated: iso8601(campaign.dateUpdated),
    url: `https://messaging.twilio.com/v1/Services/${campaign.serviceSid}/Compliance/Usa2p/${campaign.sid}`,
    mock: campaign.isMock,
    errors: campaign.errors,
    privacy_policy_url: settings.privacyPolicyUrl,
    terms_and_conditions_url: settings.termsAndConditionsUrl
  }
}
