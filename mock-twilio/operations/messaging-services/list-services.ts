import type { Operation } from '../../operation.ts'
import { metaEnvelope, pageOf, pageRequest } from '../../paging.ts'
import { serviceResource } from '../../resources/messaging-service.ts'

export const listServices: Operation = {
  name: 'list-services',
  method: 'GET',
  path: '/messaging/v1/Services',
  status: 200,
  handle: ({ world, query, path }) => {
    const page = pageOf(pageRequest(query), world.services.values())
    return metaEnvelope('services', `https://messaging.twilio.com${path}`, query, page, service =>
      serviceResource(world, service)
    )
  }
}
