import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { shortCodeResource } from '../../resources/short-code.ts'

/** Short codes are leased by hand at Twilio, and seeded here. */
export const listShortCodes: Operation = {
  name: 'list-short-codes',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/SMS/ShortCodes.json',
  status: 200,
  handle: ({ world, query, path }) => {
    const friendlyName = text(query, 'FriendlyName') || undefined
    const shortCode = text(query, 'ShortCode') || undefined
    const codes = [...world.shortCodes.values()].filter(
      code =>
        (friendlyName === undefined || code.friendlyName === friendlyName) &&
        (shortCode === undefined || code.phoneNumber.includes(shortCode))
    )
    return envelope('short_codes', path, query, pageOf(pageRequest(query), codes), code =>
      shortCodeResource(world, code)
    )
  }
}
