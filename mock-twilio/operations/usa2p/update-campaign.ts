import { resubmitCampaign } from '../../compliance/campaign-review.ts'
import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { campaignResource } from '../../resources/campaign.ts'
import { campaignSettings } from './campaign-settings.ts'
import { findCampaign } from './find-campaign.ts'

const required = [
  'Description',
  'MessageFlow',
  'MessageSamples',
  'HasEmbeddedLinks',
  'HasEmbeddedPhone',
  'AgeGated',
  'DirectLending'
]

/** Corrects a campaign that failed, and hands it in again. Any other cannot be changed. */
export const updateCampaign: Operation = {
  name: 'update-campaign',
  method: 'POST',
  path: '/messaging/v1/Services/:MessagingServiceSid/Compliance/Usa2p/:Sid',
  status: 200,
  handle: call => {
    const { world, form } = call
    const campaign = findCampaign(call)
    const settings = campaignSettings(form, required, campaign.settings)
    if (campaign.status !== 'FAILED') {
      throw refusal(20409, `The campaign ${campaign.sid} is ${campaign.status}, and not FAILED`)
    }
    campaign.settings = settings
    resubmitCampaign(world, campaign)
    return campaignResource(world, campaign)
  }
}
