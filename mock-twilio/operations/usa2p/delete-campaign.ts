import type { Operation } from '../../operation.ts'
import { findCampaign } from './find-campaign.ts'

export const deleteCampaign: Operation = {
  name: 'delete-campaign',
  method: 'DELETE',
  path: '/messaging/v1/Services/:MessagingServiceSid/Compliance/Usa2p/:Sid',
  status: 204,
  handle: call => {
    call.world.compliance.campaigns.delete(findCampaign(call).sid)
    return undefined
  }
}
