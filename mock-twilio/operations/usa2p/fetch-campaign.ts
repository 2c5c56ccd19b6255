import type { Operation } from '../../operation.ts'
import { campaignResource } from '../../resources/campaign.ts'
import { findCampaign } from './find-campaign.ts'

export const fetchCampaign: Operation = {
  name: 'fetch-campaign',
  method: 'GET',
  path: '/messaging/v1/Services/:MessagingServiceSid/Compliance/Usa2p/:Sid',
  status: 200,
  handle: call => campaignResource(call.world, findCampaign(call))
}
