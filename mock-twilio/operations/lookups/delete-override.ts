import type { Operation } from '../../operation.ts'
import { findOverride } from './find-override.ts'

export const deleteOverride: Operation = {
  name: 'delete-override',
  method: 'DELETE',
  path: '/lookups/v2/PhoneNumbers/:PhoneNumber/Overrides/:Field',
  status: 204,
  handle: call => {
    call.world.lookupOverrides.delete(findOverride(call).phoneNumber)
    return undefined
  }
}
