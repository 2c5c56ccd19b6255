import { isPhoneNumber } from '../phone-number.ts'
import type { World } from '../world.ts'
import type { CallRecord } from './call-record.ts'
import type { Callee } from './verbs/dial.ts'

export type Party = { party: string } | { code: number; message: string }

/** Numbers that stand for those that cannot be called: https://www.twilio.com/docs/iam/test-credentials */
const refusedNumbers = new Map([
  ['+15005550001', 13224],
  ['+15005550002', 13224],
  ['+15005550003', 13227],
  ['+15005550004', 13225]
])

/** E.164, or a number of the United States as people write it. https://www.twilio.com/docs/voice/twiml/number */
export function dialled({ noun, to }: Callee): Party {
  if (noun === 'Client') return { party: to }
  const digits = to.replace(/[\s().-]/g, '')
  const party = /^\d{10}$/.test(digits)
    ? `+1${digits}`
    : /^1\d{10}$/.test(digits)
      ? `+${digits}`
      : digits
  if (!isPhoneNumber(party)) return { code: 13223, message: `"${to}" is no phone number to dial` }
  const code = refusedNumbers.get(party)
  return code === undefined ? { party } : { code, message: `${party} cannot be dialled` }
}

/**
 * Whom the callee sees: the caller, unless the Dial says otherwise. A phone sees numbers that are the account's, are
 * verified for it, or belong to the call. https://www.twilio.com/docs/voice/twiml/dial#callerid
 */
export function callerIdFor(
  world: World,
  call: CallRecord,
  callerId: string | null,
  { noun }: Callee
): Party {
  const party = callerId ?? call.from
  if (noun === 'Client') return { party }
  const isKnown =
    party === call.from ||
    party === call.to ||
    world.numbersByPhone.has(party) ||
    world.callerIds.values().some(({ phoneNumber }) => phoneNumber === party)
  if (isPhoneNumber(party) && isKnown) return { party }
  return { code: 13214, message: `"${party}" cannot be the caller id of this Dial` }
}
