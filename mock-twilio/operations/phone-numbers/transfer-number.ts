import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import { isSid } from '../../ids.ts'
import type { Call } from '../../operation.ts'
import type { NumberRecord } from '../../resources/phone-number.ts'
import type { World } from '../../world.ts'

/*
 * A number moves between a parent account and its subaccounts, by the hand of the parent.
 * https://www.twilio.com/docs/iam/api/subaccounts#exchanging-numbers
 */

/** The account that is to have the number from now on. */
export function readNewOwner(call: Call, { phoneNumber }: NumberRecord): World {
  const { world, caller, form, services } = call
  const sid = text(form, 'AccountSid')
  if (!sid || sid === world.accountSid) return world
  if (!isSid(sid, 'AC')) throw refusal(21470, sid)
  const owner = services.store.get(sid)
  if (owner === undefined) throw refusal(21471, sid)
  if (owner.ownerSid !== world.ownerSid) throw refusal(21473, sid)
  if (caller.accountSid !== world.ownerSid) throw refusal(21474)
  if (owner.status !== 'active') throw refusal(21472, sid)
  if (owner.numbersByPhone.has(phoneNumber)) throw refusal(21422, phoneNumber)
  return owner
}

/** What only the former account knows stays behind: its service, its applications, its addresses. */
export const unattached = {
  smsApplicationSid: null,
  voiceApplicationSid: null,
  trunkSid: null,
  addressSid: null,
  emergencyAddressSid: null,
  bundleSid: null,
  identitySid: null
} as const satisfies Partial<NumberRecord>

export function transferNumber(number: NumberRecord, from: World, to: World): void {
  from.removeNumber(number)
  to.keepNumber(number)
  const { sid, phoneNumber } = number
  const fields = { sid, number: phoneNumber, from: from.accountSid, to: to.accountSid }
  from.journal.append({ kind: 'number.transferred', ...fields })
  to.journal.append({ kind: 'number.transferred', ...fields })
}
