import type { Operation } from '../../operation.ts'
import { overrideResource } from '../../resources/lookup.ts'
import { findOverride, readOverride } from './find-override.ts'

export const updateOverride: Operation = {
  name: 'update-override',
  method: 'PUT',
  path: '/lookups/v2/PhoneNumbers/:PhoneNumber/Overrides/:Field',
  status: 200,
  handle: call => {
    const override = findOverride(call)
    Object.assign(override, readOverride(call.form), { overriddenAt: call.world.now() })
    return overrideResource(override)
  }
}
