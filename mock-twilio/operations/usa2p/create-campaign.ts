import { campaignOf } from '../../compliance.ts'
import { startCampaignReview } from '../../compliance/campaign-review.ts'
import { isUsecase, usecasesOf } from '../../compliance/usecases.ts'
import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { campaignResource, type CampaignRecord } from '../../resources/campaign.ts'
import { findService } from '../messaging-services/find-service.ts'
import { campaignSettings } from './campaign-settings.ts'

const required = [
  'BrandRegistrationSid',
  'Description',
  'MessageFlow',
  'MessageSamples',
  'UsAppToPersonUsecase',
  'HasEmbeddedLinks',
  'HasEmbeddedPhone'
]

export const createCampaign: Operation = {
  name: 'create-campaign',
  method: 'POST',
  path: '/messaging/v1/Services/:MessagingServiceSid/Compliance/Usa2p',
  status: 201,
  handle: call => {
    const { world, form } = call
    const service = findService(call, 'MessagingServiceSid')
    const settings = campaignSettings(form, required)
    const usecase = text(form, 'UsAppToPersonUsecase') ?? ''
    if (!isUsecase(usecase)) throw refusal(21720, usecase)
    const brandSid = text(form, 'BrandRegistrationSid') ?? ''
    const brand = world.compliance.brands.get(brandSid)
    const isSuited =
      brand?.status === 'APPROVED' && usecasesOf(brand).some(({ code }) => code === usecase)
    if (brand === undefined || !isSuited) throw refusal(21717, brandSid, usecase)
    // One campaign a service; the code that Twilio gives for a second is not documented.
    if (campaignOf(world, service.sid) !== undefined) {
      throw refusal(20409, `The Messaging Service ${service.sid} has a campaign already`)
    }
    const now = world.now()
    const campaign: CampaignRecord = {
      sid: world.ids.sid('QE'),
      serviceSid: service.sid,
      brandSid,
      usecase,
      isMock: brand.isMock,
      status: 'PENDING',
      settings,
      campaignId: null,
      throughput: null,
      errors: [],
      submissions: 0,
      dateCreated: now,
      dateUpdated: now
    }
    world.compliance.campaigns.set(campaign.sid, campaign)
    startCampaignReview(world, campaign)
    return campaignResource(world, campaign)
  }
}
