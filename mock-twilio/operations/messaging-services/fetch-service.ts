import type { Operation } from '../../operation.ts'
import { serviceResource } from '../../resources/messaging-service.ts'
import { findService } from './find-service.ts'

export const fetchService: Operation = {
  name: 'fetch-service',
  method: 'GET',
  path: '/messaging/v1/Services/:Sid',
  status: 200,
  handle: call => serviceResource(call.world, findService(call, 'Sid'))
}
