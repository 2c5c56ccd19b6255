import type { Operation } from '../../operation.ts'
import { metaEnvelope, pageOf, pageRequest } from '../../paging.ts'
import { poolShortCodeResource } from '../../resources/messaging-service.ts'
import { findService, membersOf } from './find-service.ts'

export const listServiceShortCodes: Operation = {
  name: 'list-service-short-codes',
  method: 'GET',
  path: '/messaging/v1/Services/:ServiceSid/ShortCodes',
  status: 200,
  handle: call => {
    const { world, query, path } = call
    const service = findService(call, 'ServiceSid')
    const page = pageOf(pageRequest(query), membersOf(service, 'SC'))
    const url = `https://messaging.twilio.com${path}`
    return metaEnvelope('short_codes', url, query, page, member =>
      poolShortCodeResource(world, service, member)
    )
  }
}
