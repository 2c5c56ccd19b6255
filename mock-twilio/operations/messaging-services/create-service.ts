import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { serviceResource } from '../../resources/messaging-service.ts'
import { readSettings } from './service-settings.ts'

export const createService: Operation = {
  name: 'create-service',
  method: 'POST',
  path: '/messaging/v1/Services',
  status: 201,
  handle: ({ world, form }) => {
    const friendlyName = text(form, 'FriendlyName')
    if (!friendlyName) throw refusal(20001, 'Missing required parameter FriendlyName')
    const service = world.addService({ sid: world.ids.sid('MG'), friendly_name: friendlyName })
    try {
      Object.assign(service, readSettings(form, service, world.limits))
    } catch (error) {
      world.removeService(service)
      throw error
    }
    return serviceResource(world, service)
  }
}
