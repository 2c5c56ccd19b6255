import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { CampaignRecord } from '../../resources/campaign.ts'
import { findService } from '../messaging-services/find-service.ts'

export function findCampaign(call: Call): CampaignRecord {
  const service = findService(call, 'MessagingServiceSid')
  const campaign = call.world.compliance.campaigns.get(call.params['Sid'] ?? '')
  if (campaign?.serviceSid !== service.sid) throw refusal(20404, call.path)
  return campaign
}
