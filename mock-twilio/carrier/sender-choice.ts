import type { ServiceRecord } from '../resources/messaging-service.ts'
import type { NumberRecord } from '../resources/phone-number.ts'

/*
 * Which number of its pool a messaging service sends from: the one that wrote to this person before, else one
 * of the same area code, else the next in turn. Only numbers that take media carry media.
 * https://www.twilio.com/docs/messaging/services#sender-pool (the order among these is our reading)
 */
export function chooseSender(
  service: ServiceRecord,
  to: string,
  hasMedia: boolean
): NumberRecord | undefined {
  const usable = hasMedia ? service.pool.filter(({ number }) => number.mms) : service.pool
  if (usable.length === 0) return undefined
  const sticky = service.stickySender ? service.stickySenders.get(to) : undefined
  const chosen =
    usable.find(({ number }) => number.phoneNumber === sticky) ??
    (service.areaCodeGeomatch ? usable.find(({ number }) => isNear(number, to)) : undefined) ??
    usable[service.nextInTurn++ % usable.length]
  if (chosen === undefined) return undefined
  if (service.stickySender) service.stickySenders.set(to, chosen.number.phoneNumber)
  return chosen.number
}

/** Of the same area code, in the numbering plan of North America. */
function isNear({ phoneNumber }: NumberRecord, to: string): boolean {
  return to.startsWith('+1') && phoneNumber.startsWith(to.slice(0, 5))
}
