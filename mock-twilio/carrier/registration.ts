import { tollfreeVerificationOf } from '../compliance.ts'
import type { World } from '../world.ts'
import { campaignLimitsOf } from './campaign-limits.ts'
import { callingCodeOf, senderTypeOf } from './sender-type.ts'

/**
 * The United States take texts of ten-digit numbers only from registered campaigns (30034), and of toll-free
 * numbers only when they are verified (30032). Worlds mind it when `registration` is `enforced`.
 * https://www.twilio.com/docs/api/errors/30034, https://www.twilio.com/docs/api/errors/30032
 */
export function registrationFlaw(
  world: World,
  { from, to }: { from: string; to: string },
  serviceSid: string | undefined
): 30032 | 30034 | undefined {
  if (world.origin.registration !== 'enforced' || callingCodeOf(to) !== '+1') return undefined
  const type = senderTypeOf(from)
  if (type === 'tollFree') {
    return isVerified(world, from) ? undefined : 30032
  }
  if (type !== 'longCode' || callingCodeOf(from) !== '+1') return undefined
  const isRegistered = serviceSid !== undefined && campaignLimitsOf(world, serviceSid)
  return isRegistered ? undefined : 30034
}

function isVerified(world: World, tollFreeNumber: string): boolean {
  if (world.origin.verified_toll_free?.includes(tollFreeNumber) === true) return true
  const number = world.numbersByPhone.get(tollFreeNumber)
  return (
    number !== undefined && tollfreeVerificationOf(world, number.sid)?.status === 'TWILIO_APPROVED'
  )
}
