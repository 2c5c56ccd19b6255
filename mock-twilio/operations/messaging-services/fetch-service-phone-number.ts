import type { Operation } from '../../operation.ts'
import { poolMemberResource } from '../../resources/messaging-service.ts'
import { findPoolMember, findService } from './find-service.ts'

export const fetchServicePhoneNumber: Operation = {
  name: 'fetch-service-phone-number',
  method: 'GET',
  path: '/messaging/v1/Services/:ServiceSid/PhoneNumbers/:Sid',
  status: 200,
  handle: call => {
    const service = findService(call, 'ServiceSid')
    return poolMemberResource(call.world, service, findPoolMember(call, service))
  }
}
