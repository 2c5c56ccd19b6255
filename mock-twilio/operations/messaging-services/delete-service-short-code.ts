import { leavePool } from '../../carrier/sender-pool.ts'
import type { Operation } from '../../operation.ts'
import { findPoolMember, findService } from './find-service.ts'

/** The short code leaves the service and stays with the account. */
export const deleteServiceShortCode: Operation = {
  name: 'delete-service-short-code',
  method: 'DELETE',
  path: '/messaging/v1/Services/:ServiceSid/ShortCodes/:Sid',
  status: 204,
  handle: call => {
    const service = findService(call, 'ServiceSid')
    leavePool(service, findPoolMember(call, service, 'SC').number)
    return undefined
  }
}
