import type { Operation } from '../../operation.ts'
import { leavePool } from '../../carrier/sender-pool.ts'
import { findPoolMember, findService } from './find-service.ts'

/** The number leaves the service and stays with the account. */
export const deleteServicePhoneNumber: Operation = {
  name: 'delete-service-phone-number',
  method: 'DELETE',
  path: '/messaging/v1/Services/:ServiceSid/PhoneNumbers/:Sid',
  status: 204,
  handle: call => {
    const service = findService(call, 'ServiceSid')
    leavePool(service, findPoolMember(call, service).number)
    return undefined
  }
}
