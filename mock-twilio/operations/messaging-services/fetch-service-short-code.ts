import type { Operation } from '../../operation.ts'
import { poolShortCodeResource } from '../../resources/messaging-service.ts'
import { findPoolMember, findService } from './find-service.ts'

export const fetchServiceShortCode: Operation = {
  name: 'fetch-service-short-code',
  method: 'GET',
  path: '/messaging/v1/Services/:ServiceSid/ShortCodes/:Sid',
  status: 200,
  handle: call => {
    const service = findService(call, 'ServiceSid')
    return poolShortCodeResource(call.world, service, findPoolMember(call, service, 'SC'))
  }
}
