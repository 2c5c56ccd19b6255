import { flag, text } from '../../forms.ts'
import type { NumberType } from '../../inventory/countries.ts'
import type { Call, Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import {
  numberResource,
  typedNumberResource,
  type NumberRecord
} from '../../resources/phone-number.ts'
import { typedLists } from './typed-lists.ts'

export const listPhoneNumbers: Operation = {
  name: 'list-phone-numbers',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers.json',
  status: 200,
  handle: call => pageOfNumbers(call, wantedNumbers(call), numberResource)
}

export const listTypedPhoneNumbers: readonly Operation[] = typedLists.map(({ segment, type }) => ({
  name: `list-${type}-phone-numbers`,
  method: 'GET',
  path: `/api/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers/${segment}.json`,
  status: 200,
  handle: call => pageOfNumbers(call, wantedNumbers(call, type), typedNumberResource)
}))

function pageOfNumbers(
  { world, query, path }: Call,
  numbers: readonly NumberRecord[],
  show: typeof numberResource
) {
  const page = pageOf(pageRequest(query), numbers)
  return envelope('incoming_phone_numbers', path, query, page, number => show(world, number))
}

/** PhoneNumber finds digits anywhere in a number; `*` stands for any one digit. */
function wantedNumbers({ world, query }: Call, type?: NumberType): NumberRecord[] {
  const friendlyName = text(query, 'FriendlyName') || undefined
  const wanted = text(query, 'PhoneNumber') || undefined
  const pattern = new RegExp((wanted ?? '').replace(/[^\d*]/g, '').replaceAll('*', '\\d'))
  const showsBeta = flag(query, 'Beta') ?? true
  // No number here comes from anybody but Twilio.
  const origin = text(query, 'Origin') || 'twilio'
  return [...world.numbers.values()].filter(
    number =>
      (type === undefined || number.type === type) &&
      (friendlyName === undefined || number.friendlyName === friendlyName) &&
      (wanted === undefined || pattern.test(number.phoneNumber)) &&
      (showsBeta || !number.beta) &&
      origin === 'twilio'
  )
}
