import { refusal } from '../../errors.ts'
import { text, type Form } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { isPhoneNumber } from '../../phone-number.ts'
import { numberResource } from '../../resources/phone-number.ts'
import type { World } from '../../world.ts'
import { applySettings } from './phone-number-settings.ts'

/**
 * Buys a number: this one, or any one of an area code. Here every number that nobody in the account has is
 * for sale. https://www.twilio.com/docs/iam/test-credentials#test-buying-a-phone-number
 */
export const createPhoneNumber: Operation = {
  name: 'create-phone-number',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers.json',
  status: 201,
  handle: ({ world, form }) => {
    const phoneNumber = wantedNumber(world, form)
    const number = world.addNumber({ phone_number: phoneNumber, sid: world.ids.sid('PN') })
    try {
      applySettings(number, form)
    } catch (error) {
      world.removeNumber(number)
      throw error
    }
    world.journal.append({ kind: 'number.bought', sid: number.sid, number: phoneNumber })
    return numberResource(world, number)
  }
}

function wantedNumber(world: World, form: Form): string {
  const phoneNumber = text(form, 'PhoneNumber')
  if (phoneNumber) {
    if (phoneNumber === '+15005550000') throw refusal(21422, phoneNumber)
    if (phoneNumber === '+15005550001' || !isPhoneNumber(phoneNumber)) {
      throw refusal(21421, phoneNumber)
    }
    if (world.numbersByPhone.has(phoneNumber)) throw refusal(21422, phoneNumber)
    return phoneNumber
  }
  const areaCode = text(form, 'AreaCode')
  if (!areaCode) throw refusal(21421, '(none given)')
  if (!/^[2-9]\d{2}$/.test(areaCode)) throw refusal(21451, areaCode)
  if (areaCode === '533') throw refusal(21452, areaCode)
  for (let line = 100; line < 200; line++) {
    const candidate = `+1${areaCode}5550${line}`
    if (!world.numbersByPhone.has(candidate)) return candidate
  }
  throw refusal(21452, areaCode)
}
