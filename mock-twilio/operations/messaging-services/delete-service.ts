import type { Operation } from '../../operation.ts'
import { findService } from './find-service.ts'

/** Its numbers stay with the account. */
export const deleteService: Operation = {
  name: 'delete-service',
  method: 'DELETE',
  path: '/messaging/v1/Services/:Sid',
  status: 204,
  handle: call => {
    call.world.removeService(findService(call, 'Sid'))
    return undefined
  }
}
