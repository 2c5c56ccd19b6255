import { refusal } from '../../errors.ts'
import { httpMethod, isWebUrl, text } from '../../forms.ts'
import { nationalFormat } from '../../inventory/available-number.ts'
import type { Operation } from '../../operation.ts'
import { isPhoneNumber } from '../../phone-number.ts'

/**
 * Twilio calls the number, and whoever answers keys in the code. Nobody is called here: the number counts as
 * proven at once, and the status callback, which tells how the call ended, is not sent.
 */
export const createCallerId: Operation = {
  name: 'create-caller-id',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/OutgoingCallerIds.json',
  status: 200,
  handle: ({ world, form }) => {
    const phoneNumber = text(form, 'PhoneNumber') ?? ''
    if (!isPhoneNumber(phoneNumber)) throw refusal(21401, phoneNumber)
    const callDelay = text(form, 'CallDelay') || '0'
    if (!/^\d{1,2}$/.test(callDelay) || Number(callDelay) > 60) throw refusal(21454, callDelay)
    const statusCallback = text(form, 'StatusCallback') || undefined
    if (statusCallback !== undefined && !isWebUrl(statusCallback)) {
      throw refusal(21502, statusCallback)
    }
    httpMethod(form, 'StatusCallbackMethod')
    const friendlyName = text(form, 'FriendlyName') || nationalFormat(phoneNumber)
    if (friendlyName.length > 64) throw refusal(20002)
    for (const known of world.callerIds.values()) {
      if (known.phoneNumber === phoneNumber) throw refusal(21450, phoneNumber)
    }
    const now = world.now()
    const sid = world.ids.sid('PN')
    world.callerIds.set(sid, {
      sid,
      phoneNumber,
      friendlyName,
      dateCreated: now,
      dateUpdated: now
    })
    world.journal.append({ kind: 'caller-id.validated', sid, number: phoneNumber })
    return {
      account_sid: world.accountSid,
      call_sid: world.ids.sid('CA'),
      friendly_name: friendlyName,
      phone_number: phoneNumber,
      validation_code: String(world.randomFor(sid).between(100_000, 999_999))
    }
  }
}
