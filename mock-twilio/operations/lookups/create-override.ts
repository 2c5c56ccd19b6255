import { refusal } from '../../errors.ts'
import { originalLineType } from '../../lookup-packages.ts'
import type { Operation } from '../../operation.ts'
import { overrideResource } from '../../resources/lookup.ts'
import { numberOfOverride, readOverride } from './find-override.ts'

/** An account that knows better says so, and its lookups believe it. */
export const createOverride: Operation = {
  name: 'create-override',
  method: 'POST',
  path: '/lookups/v2/PhoneNumbers/:PhoneNumber/Overrides/:Field',
  status: 201,
  handle: call => {
    const { world, form } = call
    const phoneNumber = numberOfOverride(call)
    if (world.lookupOverrides.has(phoneNumber)) {
      throw refusal(20001, `${phoneNumber} has an override already: update it`)
    }
    const override = {
      ...readOverride(form),
      phoneNumber,
      originalLineType: originalLineType(world, phoneNumber),
      overriddenBy: world.accountSid,
      overriddenAt: world.now()
    }
    world.lookupOverrides.set(phoneNumber, override)
    return overrideResource(override)
  }
}
