import type { Operation } from '../../operation.ts'
import { findKey } from './find-key.ts'

export const deleteKey: Operation = {
  name: 'delete-key',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Keys/:Sid.json',
  status: 204,
  isForMainKeys: true,
  handle: call => {
    call.services.store.removeKey(call.world, findKey(call).sid)
    return undefined
  }
}
