import type { Operation } from '../../operation.ts'
import { metaEnvelope, pageOf, pageRequest } from '../../paging.ts'
import { campaignResource } from '../../resources/campaign.ts'
import { findService } from '../messaging-services/find-service.ts'

export const listCampaigns: Operation = {
  name: 'list-campaigns',
  method: 'GET',
  path: '/messaging/v1/Services/:MessagingServiceSid/Compliance/Usa2p',
  status: 200,
  handle: call => {
    const { world, query, path } = call
    const service = findService(call, 'MessagingServiceSid')
    const campaigns = [...world.compliance.campaigns.values()].filter(
      ({ serviceSid }) => serviceSid === service.sid
    )
    const page = pageOf(pageRequest(query), campaigns)
    const url = `https://messaging.twilio.com${path}`
    return metaEnvelope('compliance', url, query, page, campaign =>
      campaignResource(world, campaign)
    )
  }
}
