import type { ComplianceCallbacks } from '../callbacks/compliance-callback.ts'
import { isWebUrl } from '../forms.ts'
import type { BrandRecord } from '../resources/brand.ts'
import type { CampaignRecord } from '../resources/campaign.ts'
import type { World } from '../world.ts'

/*
 * What Event Streams tells of brands and campaigns: a JSON array of one CloudEvent, posted to the world's
 * event_sink_url. https://www.twilio.com/docs/messaging/compliance/a2p-10dlc/event-streams-setup
 */

const prefix = 'com.twilio.messaging.compliance'

export const brandEventNames = [
  'brand-registered',
  'brand-failure',
  'brand-unverified',
  'brand-verified',
  'brand-vetted-verified',
  'brand-secondary-vetting-failure'
] as const

export type BrandEventName = (typeof brandEventNames)[number]

export type CampaignEventName = 'campaign-submitted' | 'campaign-approved' | 'campaign-failure'

const schemas: Record<BrandEventName | CampaignEventName, string> = {
  'brand-registered': 'BrandRegistered',
  'brand-failure': 'BrandRegistrationFailure',
  'brand-unverified': 'BrandRegistrationUnverified',
  'brand-verified': 'BrandRegistrationVerified',
  'brand-vetted-verified': 'BrandRegistrationVettedVerified',
  'brand-secondary-vetting-failure': 'BrandRegistrationSecondaryVettingFailure',
  'campaign-submitted': 'CampaignRegistrationSubmitted',
  'campaign-approved': 'CampaignRegistrationApproved',
  'campaign-failure': 'CampaignRegistrationFailure'
}

export function tellOfBrand(
  world: World,
  callbacks: ComplianceCallbacks,
  brand: BrandRecord,
  name: BrandEventName
): void {
  const { errors } = brand
  post(world, callbacks, { sid: brand.sid, status: brand.status }, `brand-registration.${name}`, {
    schema: schemas[name],
    data: {
      accountsid: world.accountSid,
      brandsid: brand.sid,
      brandstatus: name === 'brand-failure' ? 'registration_failed' : 'registered',
      identitystatus: brand.identityStatus.toLowerCase(),
      createddate: brand.dateCreated,
      updateddate: brand.dateUpdated,
      ...(brand.tcrId === null ? {} : { externalbrandid: brand.tcrId }),
      ...(brand.score === null ? {} : { brandscore: brand.score }),
      ...(errors.length === 0
        ? {}
        : {
            brandregistrationerrors: errors.map(({ code, description, fields }) => ({
              registrationerrorcode: code,
              registrationerrordescription: description,
              registrationerrorurl: `https://www.twilio.com/docs/api/errors/${code}`,
              registrationerrorfields: fields
            }))
          })
    }
  })
}

const campaignWords: Record<CampaignEventName, string> = {
  'campaign-submitted': 'pending',
  'campaign-approved': 'success',
  'campaign-failure': 'failure'
}

export function tellOfCampaign(
  world: World,
  callbacks: ComplianceCallbacks,
  campaign: CampaignRecord,
  name: CampaignEventName
): void {
  const { sid, status } = campaign
  post(world, callbacks, { sid, status }, `campaign-registration.${name}`, {
    schema: schemas[name],
    data: {
      accountsid: world.accountSid,
      brandsid: campaign.brandSid,
      // Twilio's own id of the campaign, which the API shows nowhere else.
      campaignsid: `CM${sid.slice(2)}`,
      messagingservicesid: campaign.serviceSid,
      a2pusecase: campaign.usecase,
      campaignregistrationstatus: campaignWords[name],
      createddate: campaign.dateCreated,
      updateddate: campaign.dateUpdated,
      timestamp: world.now(),
      ...(campaign.campaignId === null ? {} : { externalcampaignid: campaign.campaignId })
    }
  })
}

function post(
  world: World,
  callbacks: ComplianceCallbacks,
  about: { sid: string; status: string },
  type: string,
  { schema, data }: { schema: string; data: Record<string, unknown> }
): void {
  const url = world.origin.event_sink_url
  if (url === undefined) return
  if (!isWebUrl(url)) {
    world.alert(11_100, `event sink: ${url} is not a valid URL`, about)
    return
  }
  const event = {
    specversion: '1.0',
    type: `${prefix}.${type}`,
    source: about.sid,
    id: world.callbackIds.uuid(),
    dataschema: `https://events-schemas.twilio.com/A2P.${schema}/1`,
    datacontenttype: 'application/json',
    time: new Date(world.now()).toISOString(),
    data
  }
  callbacks.tell(world, { ...about, url, parameters: [], json: [event] })
}
