import type { Operation } from '../../operation.ts'
import { serviceResource } from '../../resources/messaging-service.ts'
import { findService } from './find-service.ts'
import { readSettings } from './service-settings.ts'

export const updateService: Operation = {
  name: 'update-service',
  method: 'POST',
  path: '/messaging/v1/Services/:Sid',
  status: 200,
  handle: call => {
    const service = findService(call, 'Sid')
    const settings = readSettings(call.form, service, call.world.limits)
    Object.assign(service, settings, { dateUpdated: call.world.now() })
    return serviceResource(call.world, service)
  }
}
