import { campaignOf } from '../../compliance.ts'
import type { Operation } from '../../operation.ts'
import { findService } from './find-service.ts'

/** Its numbers stay with the account; its campaign goes with it. */
export const deleteService: Operation = {
  name: 'delete-service',
  method: 'DELETE',
  path: '/messaging/v1/Services/:Sid',
  status: 204,
  handle: call => {
    const { world } = call
    const service = findService(call, 'Sid')
    const campaign = campaignOf(world, service.sid)
    if (campaign !== undefined) world.compliance.campaigns.delete(campaign.sid)
    world.removeService(service)
    return undefined
  }
}
