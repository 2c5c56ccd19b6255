import type { Operation } from '../../operation.ts'
import { alphaSenderResource } from '../../resources/messaging-service.ts'
import { findAlphaSender, findService } from './find-service.ts'

export const fetchAlphaSender: Operation = {
  name: 'fetch-alpha-sender',
  method: 'GET',
  path: '/messaging/v1/Services/:ServiceSid/AlphaSenders/:Sid',
  status: 200,
  handle: call => {
    const service = findService(call, 'ServiceSid')
    return alphaSenderResource(call.world, service, findAlphaSender(call, service))
  }
}
