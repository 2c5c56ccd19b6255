import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { numberResource } from '../../resources/phone-number.ts'

/** PhoneNumber finds digits anywhere in a number; `*` stands for any one digit. */
export const listPhoneNumbers: Operation = {
  name: 'list-phone-numbers',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/IncomingPhoneNumbers.json',
  status: 200,
  handle: ({ world, query, path }) => {
    const friendlyName = text(query, 'FriendlyName') || undefined
    const wanted = text(query, 'PhoneNumber') || undefined
    const pattern = new RegExp((wanted ?? '').replace(/[^\d*]/g, '').replaceAll('*', '\\d'))
    const numbers = [...world.numbers.values()].filter(
      number =>
        (friendlyName === undefined || number.friendlyName === friendlyName) &&
        (wanted === undefined || pattern.test(number.phoneNumber))
    )
    return envelope(
      'incoming_phone_numbers',
      path,
      query,
      pageOf(pageRequest(query), numbers),
      number => numberResource(world, number)
    )
  }
}
