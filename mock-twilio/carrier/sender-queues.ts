import type { MessageRecord } from '../resources/message.ts'
import type { World } from '../world.ts'
import { senderTypeOf, type SenderType } from './sender-type.ts'

/*
 * A sender sends so many segments per second, and what comes faster waits in line. The line is one number,
 * when the sender is free again: who joins it learns at once when it is his turn, so that a line of hours
 * costs no more than an empty one.
 * https://www.twilio.com/docs/api/errors/21611, https://www.twilio.com/docs/api/errors/30001
 */

export interface SenderQueue {
  readonly sender: string
  readonly type: SenderType
  readonly segmentsPerSecond: number
  /** Virtual milliseconds, with fractions. */
  freeAt: number
  messages: number
  segments: number
}

/** What a message of so many segments asks of a sender. Media are sent by the message, not by the segment. */
type Load = Pick<MessageRecord, 'isMms' | 'numSegments'>

export function isQueueFull(world: World, sender: string, load: Load): boolean {
  const queue = world.carrier.queues.get(sender)
  if (queue === undefined) return false
  return queue.segments + segmentsOf(load) > mostSegments(world, queue)
}

/**
 * Puts a message into its sender's line, and tells when its turn comes. One whose turn would come after `lastAt` waits there in vain, and
 * takes no time of those behind it.
 */
export function joinQueue(
  world: World,
  sender: string,
  load: Load,
  { readyAt, lastAt }: { readyAt: number; lastAt: number }
): number {
  const { carrier, limits } = world
  const queue = queueOf(world, sender)
  const busyMs = load.isMms
    ? 1000 / limits.mediaPerSecond[queue.type]
    : (load.numSegments * 1000) / queue.segmentsPerSecond
  const free = load.isMms ? Math.max(queue.freeAt, carrier.mediaFreeAt) : queue.freeAt
  const at = Math.max(readyAt, free)
  queue.messages++
  queue.segments += segmentsOf(load)
  if (at <= lastAt) {
    queue.freeAt = at + busyMs
    if (load.isMms) carrier.mediaFreeAt = at + 1000 / limits.accountMediaPerSecond
  }
  return Math.ceil(at)
}

export function leaveQueue(world: World, sender: string, load: Load): void {
  const queue = world.carrier.queues.get(sender)
  if (queue === undefined) return
  queue.messages--
  queue.segments -= segmentsOf(load)
}

/** How much later than its first part the last part of a message leaves. */
export function trailMs(world: World, sender: string, { isMms, numSegments }: Load): number {
  const queue = world.carrier.queues.get(sender)
  if (queue === undefined || isMms) return 0
  return Math.ceil(((numSegments - 1) * 1000) / queue.segmentsPerSecond)
}

/** Whether the account sends more than any account may, a second's worth of haste allowed: error 63017. */
export function exceedsAccountRate(world: World): boolean {
  const { carrier, limits } = world
  const now = world.now()
  const freeAt = Math.max(carrier.messageFreeAt, now)
  if (freeAt - now >= 1000) return true
  carrier.messageFreeAt = freeAt + 1000 / limits.accountMessagesPerSecond
  return false
}

/** When the sender could send something that came now. */
export function freeAtOf(world: World, sender: string): number {
  return Math.max(world.now(), world.carrier.queues.get(sender)?.freeAt ?? 0)
}

export function segmentsPerSecondOf(world: World, sender: string): number {
  return world.carrier.rates.get(sender) ?? world.limits.segmentsPerSecond[senderTypeOf(sender)]
}

export function mostSegments(
  world: World,
  { segmentsPerSecond }: Pick<SenderQueue, 'segmentsPerSecond'>
): number {
  return Math.floor((segmentsPerSecond * world.limits.queueMs) / 1000)
}

function queueOf(world: World, sender: string): SenderQueue {
  const { queues } = world.carrier
  let queue = queues.get(sender)
  if (queue === undefined) {
    queue = {
      sender,
      type: senderTypeOf(sender),
      segmentsPerSecond: segmentsPerSecondOf(world, sender),
      freeAt: 0,
      messages: 0,
      segments: 0
    }
    queues.set(sender, queue)
  }
  return queue
}

function segmentsOf({ isMms, numSegments }: Load): number {
  return isMms ? 1 : numSegments
}
