import { noMedia, type MessageRecord } from '../resources/message.ts'
import type { ServiceRecord } from '../resources/messaging-service.ts'
import type { NumberRecord } from '../resources/phone-number.ts'
import type { World } from '../world.ts'
import { countSegments } from './segments.ts'
import { freeAtOf, isQueueFull } from './sender-queues.ts'
import { callingCodeOf, senderTypeOf, type SenderType } from './sender-type.ts'

/*
 * Which number of its pool a messaging service sends from: the one that wrote to this person before; else one
 * of the person's country, of the best type, of the same area code, with the shortest line; and among equals
 * the next in turn. Numbers whose line is full are passed over while others are not.
 * https://www.twilio.com/docs/messaging/services#sender-pool (the order among these is our reading)
 */

interface Need {
  to: string
  isMms: boolean
  numSegments: number
}

/** The higher, the sooner chosen. */
const ranks: Readonly<Record<SenderType, number>> = {
  shortCode: 3,
  longCode: 2,
  tollFree: 1,
  alphanumeric: 0
}

export function chooseSender(
  world: World,
  service: ServiceRecord,
  need: Need
): NumberRecord | undefined {
  const number = stickySenderOf(world, service, need) ?? bestOf(world, service, need)
  if (number !== undefined && service.stickySender) {
    keepSticky(service.stickySenders, need.to, number.phoneNumber)
  }
  return number
}

/** Gives the message the sender that it lacks, or the code of why it cannot have one. */
export function giveSender(
  world: World,
  message: MessageRecord
): 21701 | 21703 | 21704 | undefined {
  if (message.messagingServiceSid === null) return undefined
  const service = world.services.get(message.messagingServiceSid)
  // Services and numbers may go while messages are scheduled.
  if (service === undefined) return 21701
  if (message.from !== null) {
    return world.numbersByPhone.get(message.from)?.serviceSid === service.sid ? undefined : 21703
  }
  if (service.pool.length === 0) return 21704
  const sender = chooseSender(world, service, message) ?? chooseForLinks(world, service, message)
  if (sender === undefined) return 21703
  world.messages.assignSender(message, sender.phoneNumber)
  return undefined
}

/** When nobody can carry media, a service may write the links of them into the text: `mms_converter`. */
function chooseForLinks(
  world: World,
  service: ServiceRecord,
  message: MessageRecord
): NumberRecord | undefined {
  if (!message.isMms || !service.mmsConverter) return undefined
  const links = message.media.flatMap(({ source }) => ('url' in source ? [source.url] : []))
  const text = [message.sentBody ?? message.body, ...links].filter(Boolean).join('\n')
  const need = { to: message.to, isMms: false, numSegments: countSegments(text) }
  const sender = chooseSender(world, service, need)
  if (sender === undefined) return undefined
  // The sid stays an MM. What the resource says of media then is not documented: here it has none.
  message.sentBody = text
  message.isMms = false
  message.media = noMedia
  message.numSegments = need.numSegments
  return sender
}

function stickySenderOf(
  world: World,
  service: ServiceRecord,
  need: Need
): NumberRecord | undefined {
  const sticky = service.stickySender ? service.stickySenders.get(need.to) : undefined
  const number = sticky === undefined ? undefined : world.numbersByPhone.get(sticky)
  if (number?.serviceSid !== service.sid || !canSend(number, need)) return undefined
  return world.isThrottled && isQueueFull(world, number.phoneNumber, need) ? undefined : number
}

function bestOf(world: World, service: ServiceRecord, need: Need): NumberRecord | undefined {
  const { pool } = service
  const allowsLongCodes = service.fallbackToLongCode || !pool.some(isShortCodeFor(need))
  let best: NumberRecord | undefined
  let bestIndex = 0
  let bestRank = -1
  let bestFreeAt = 0
  for (let turn = 0; turn < pool.length; turn++) {
    const index = (service.nextInTurn + turn) % pool.length
    const number = pool[index]?.number
    if (number === undefined || !canSend(number, need)) continue
    const rank = rankOf(world, service, number, need, allowsLongCodes)
    if (rank < bestRank || rank < 0) continue
    const freeAt = world.isThrottled ? freeAtOf(world, number.phoneNumber) : 0
    if (rank === bestRank && freeAt >= bestFreeAt) continue
    best = number
    bestIndex = index
    bestRank = rank
    bestFreeAt = freeAt
  }
  if (best !== undefined) service.nextInTurn = bestIndex + 1
  return best
}

function rankOf(
  world: World,
  service: ServiceRecord,
  { phoneNumber }: NumberRecord,
  need: Need,
  allowsLongCodes: boolean
): number {
  const type = senderTypeOf(phoneNumber)
  if (type === 'longCode' && !allowsLongCodes) return -1
  const hasRoom = !world.isThrottled || !isQueueFull(world, phoneNumber, need)
  const isHome = type === 'shortCode' || callingCodeOf(phoneNumber) === callingCodeOf(need.to)
  const isNear = service.areaCodeGeomatch && sharesAreaCode(phoneNumber, need.to)
  return (hasRoom ? 100 : 0) + (isHome ? 10 : 0) + 2 * ranks[type] + (isNear ? 1 : 0)
}

function canSend({ phoneNumber, sms, mms }: NumberRecord, { to, isMms }: Need): boolean {
  if (isMms ? !mms : !sms) return false
  // A short code is known in its own country only; ours are of the United States.
  return phoneNumber.startsWith('+') || to.startsWith('+1')
}

function isShortCodeFor(need: Need) {
  return ({ number }: { number: NumberRecord }): boolean =>
    senderTypeOf(number.phoneNumber) === 'shortCode' && need.to.startsWith('+1')
}

/** In the numbering plan of North America. */
function sharesAreaCode(phoneNumber: string, to: string): boolean {
  return to.startsWith('+1') && phoneNumber.startsWith(to.slice(0, 5))
}

const mostStickySenders = 200_000

/**
 * Those that were not written to for longest are forgotten first, so that a world of millions stays small; half
 * of them at once, since a Map is slow to find its first entry when many before it are gone.
 */
function keepSticky(senders: Map<string, string>, to: string, phoneNumber: string): void {
  senders.delete(to)
  senders.set(to, phoneNumber)
  if (senders.size <= mostStickySenders) return
  let surplus = senders.size - mostStickySenders / 2
  for (const oldest of senders.keys()) {
    if (surplus-- <= 0) return
    senders.delete(oldest)
  }
}
