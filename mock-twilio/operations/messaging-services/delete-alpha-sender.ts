import type { Operation } from '../../operation.ts'
import { findAlphaSender, findService } from './find-service.ts'

export const deleteAlphaSender: Operation = {
  name: 'delete-alpha-sender',
  method: 'DELETE',
  path: '/messaging/v1/Services/:ServiceSid/AlphaSenders/:Sid',
  status: 204,
  handle: call => {
    const service = findService(call, 'ServiceSid')
    const { sid } = findAlphaSender(call, service)
    service.alphaSenders = service.alphaSenders.filter(sender => sender.sid !== sid)
    return undefined
  }
}
