import type { Operation } from '../../operation.ts'
import { numberResource } from '../../resources/phone-number.ts'
import { findPhoneNumber } from './find-phone-number.ts'
import { applySettings } from './phone-number-settings.ts'

export const updatePhoneNumber: Operation = {
  name: 'update-phone-number',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers/:Sid.json',
  status: 200,
  handle: call => {
    const number = findPhoneNumber(call)
    applySettings(number, call.form)
    number.dateUpdated = call.world.now()
    return numberResource(call.world, number)
  }
}
