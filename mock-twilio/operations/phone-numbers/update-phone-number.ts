import type { Operation } from '../../operation.ts'
import { numberResource } from '../../resources/phone-number.ts'
import { findPhoneNumber } from './find-phone-number.ts'
import { readSettings } from './phone-number-settings.ts'
import { readNewOwner, transferNumber, unattached } from './transfer-number.ts'

export const updatePhoneNumber: Operation = {
  name: 'update-phone-number',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers/:Sid.json',
  status: 200,
  handle: call => {
    const { world, form } = call
    const number = findPhoneNumber(call)
    const owner = readNewOwner(call, number)
    const current = owner === world ? number : { ...number, ...unattached }
    const settings = readSettings(owner, current, form)
    if (owner !== world) transferNumber(number, world, owner)
    Object.assign(number, settings, { dateUpdated: world.now() })
    return numberResource(owner, number)
  }
}
