import { refusal } from '../../errors.ts'
import { text, type Form } from '../../forms.ts'
import type { Call } from '../../operation.ts'
import { describeNumber, type AvailableNumber } from '../../inventory/available-number.ts'
import type { NumberType } from '../../inventory/countries.ts'
import { areas } from '../../inventory/north-america.ts'
import { searchNumbers } from '../../inventory/search-numbers.ts'
import { isPhoneNumber } from '../../phone-number.ts'
import { newNumber, type NumberRecord } from '../../resources/phone-number.ts'
import type { Store } from '../../store.ts'
import type { World } from '../../world.ts'
import { readSettings } from './phone-number-settings.ts'

/**
 * Buys a number: this one, or any one of an area code. Every number that nobody here has is for sale.
 * https://www.twilio.com/docs/iam/test-credentials#test-buying-a-phone-number
 */
export function buyNumber({ world, form, services }: Call, type?: NumberType): NumberRecord {
  const wanted = text(form, 'PhoneNumber')
  // Only the list of all numbers sells by area code.
  if (!wanted && type !== undefined) throw refusal(21421, '(none given)')
  const bought = wanted
    ? thisNumber(world, services.store, wanted)
    : anyNumber(world, services.store, form)
  if (type !== undefined && bought.type !== type) throw refusal(21458, bought.phoneNumber, type)
  const number = newNumber(world.ids.sid('PN'), { phone_number: bought.phoneNumber }, world.now())
  Object.assign(number, bought.capabilities, { beta: bought.beta })
  Object.assign(number, readSettings(world, number, form))
  if (world.isForTests) return number
  world.keepNumber(number)
  world.journal.append({ kind: 'number.bought', sid: number.sid, number: number.phoneNumber })
  return number
}

const magicNumber = '+15005550006'

function thisNumber(world: World, store: Store, phoneNumber: string): AvailableNumber {
  if (phoneNumber === '+15005550000') throw refusal(21422, phoneNumber)
  const isForSale = !world.isForTests || phoneNumber === magicNumber
  if (phoneNumber === '+15005550001' || !isForSale || !isPhoneNumber(phoneNumber)) {
    throw refusal(21421, phoneNumber)
  }
  if (!world.isForTests && store.isOwned(phoneNumber)) throw refusal(21422, phoneNumber)
  return describeNumber(phoneNumber)
}

function anyNumber(world: World, store: Store, form: Form): AvailableNumber {
  const areaCode = text(form, 'AreaCode')
  if (!areaCode) throw refusal(21421, '(none given)')
  if (!/^[2-9]\d{2}$/.test(areaCode)) throw refusal(21451, areaCode)
  const found = areaCode === '500' ? magicNumberOf(world, store) : inArea(world, store, areaCode)
  if (found === undefined) throw refusal(21452, areaCode)
  return found
}

/** The area code of the magic numbers, of which one is for sale; after it, its neighbours. */
function magicNumberOf(world: World, store: Store): AvailableNumber | undefined {
  if (world.isForTests) return describeNumber(magicNumber)
  for (let line = 6; line < 10_000; line++) {
    const phoneNumber = `+1500555${String(line).padStart(4, '0')}`
    if (!store.isOwned(phoneNumber)) return describeNumber(phoneNumber)
  }
  return undefined
}

/** One that can do everything, as nobody said what it is for. Test credentials know the magic area codes alone. */
function inArea(world: World, store: Store, areaCode: string): AvailableNumber | undefined {
  if (world.isForTests) return undefined
  const area = areas.get(areaCode)
  const [found] = searchNumbers(world.seed, {
    country: area?.country ?? 'US',
    type: area === undefined ? 'toll-free' : 'local',
    areaCode,
    admits: ({ phoneNumber, capabilities, beta }) =>
      capabilities.sms && capabilities.mms && !beta && !store.isOwned(phoneNumber)
  })
  return found
}
