import { drawMs } from '../../simulator/faults.ts'
import type { Random } from '../../simulator/random.ts'
import type { StatusCallbacks } from '../callbacks/status-callback.ts'
import { deliveryErrors } from '../errors.ts'
import { isTerminal, move, type MessageEvent } from '../lifecycles/message.ts'
import type { MessageRecord } from '../resources/message.ts'
import type { World } from '../world.ts'
import type { HandsetOutcome } from './outcome.ts'
import { outcomeOfNumber, outcomeOfProfile, type Outcome } from './profiles.ts'
import { chooseSender } from './sender-choice.ts'

/*
 * Carries a message from its first status to its last: Twilio's queue, the carrier's network, the handset.
 * How long each step takes is drawn from the message's own chance, how it ends is decided when it is handed
 * over: by a rule of the test, else by what its number says, else by the world's profile.
 */
export class Delivery {
  readonly #callbacks: StatusCallbacks

  constructor(callbacks: StatusCallbacks) {
    this.#callbacks = callbacks
  }

  /** A message that was just created, in whatever status it begins. */
  start(world: World, message: MessageRecord, sendAt?: number): void {
    const random = world.randomFor(message.sid)
    if (message.status === 'scheduled') {
      const wait = Math.max(0, (sendAt ?? world.now()) - world.now())
      this.#after(world, message, wait, () => this.#chooseSender(world, message, random))
    } else if (message.status === 'accepted') {
      const wait = random.between(...world.profile.timing.senderChoice)
      this.#after(world, message, wait, () => this.#chooseSender(world, message, random))
    } else {
      this.#queue(world, message, random)
    }
  }

  cancel(world: World, message: MessageRecord): void {
    message.timer?.cancel()
    this.#move(world, message, 'takenBack')
  }

  #chooseSender(world: World, message: MessageRecord, random: Random): void {
    const service = world.services.get(message.messagingServiceSid ?? '')
    if (message.from === null) {
      const sender = service && chooseSender(service, message.to, message.media.length > 0)
      if (sender === undefined) {
        this.#fail(world, message, 'refused', 21703)
        return
      }
      world.messages.assignSender(message, sender.phoneNumber)
    }
    // Somebody may have said STOP since the message was scheduled.
    if (world.optOuts.has(message.to, message.messagingServiceSid ?? message.from ?? '')) {
      this.#fail(world, message, 'refused', 21610)
      return
    }
    this.#move(world, message, 'senderChosen')
    this.#queue(world, message, random)
  }

  #queue(world: World, message: MessageRecord, random: Random): void {
    const { timing } = world.profile
    const subject = { to: message.to, from: message.from ?? '', body: message.body }
    const delay = world.faults.isEmpty ? undefined : world.faults.take('delay', subject)
    const wait = random.between(...timing.dispatch) + (delay ? drawMs(delay.ms, random) : 0)
    if (wait > message.validityMs) {
      this.#after(world, message, message.validityMs, () => {
        this.#fail(world, message, 'expired', 30036)
      })
      return
    }
    this.#after(world, message, wait, () => {
      if (world.status !== 'active') {
        this.#fail(world, message, 'refused', 30002)
        return
      }
      this.#move(world, message, 'dispatched')
      this.#after(world, message, random.between(...timing.handOver), () => {
        this.#handOver(world, message, random)
      })
    })
  }

  #handOver(world: World, message: MessageRecord, random: Random): void {
    const outcome = outcomeFor(world, message, random)
    if (outcome.status === 'failed') {
      this.#fail(world, message, 'refused', outcome.errorCode ?? 30008)
      return
    }
    message.dateSent = world.now()
    this.#move(world, message, 'carrierAccepted')
    if (outcome.status === 'sent') {
      this.#reach(world, message, outcome.reachedAfterMs ?? 0, false)
      this.#end(world, message)
      return
    }
    const usualMs = random.between(...world.profile.timing.receipt)
    const receiptMs = outcome.afterMs ?? usualMs
    if (outcome.status === 'delivered') {
      const { reachedAfterMs } = outcome
      const isToldByReceipt = reachedAfterMs === undefined
      this.#reach(world, message, reachedAfterMs ?? receiptMs, isToldByReceipt)
    }
    this.#after(world, message, receiptMs, () => {
      if (outcome.status === 'delivered') this.#move(world, message, 'receiptPositive')
      else this.#fail(world, message, 'receiptNegative', outcome.errorCode ?? 30008)
    })
  }

  /** Once for every message that gets there, which need not be the moment of its receipt. */
  #reach(world: World, message: MessageRecord, afterMs: number, isToldByReceipt: boolean): void {
    const { sid, to } = message
    // Of most messages the receipt says it; a field that is added to each would cost its share.
    if (!isToldByReceipt) message.reachedAt = world.now() + afterMs
    if (world.handsets.has(to)) world.plan(afterMs, { kind: 'handset.received', sid })
  }

  #fail(world: World, message: MessageRecord, event: MessageEvent, errorCode: number): void {
    message.errorCode = errorCode
    this.#move(world, message, event)
  }

  #move(world: World, message: MessageRecord, event: MessageEvent): void {
    const { from, to: status, isTold } = move(message, event, world.now())
    if (isTerminal(status)) this.#end(world, message)
    world.journal.append({
      kind: 'message.status',
      sid: message.sid,
      to: message.to,
      from: message.from,
      was: from,
      status,
      ...(message.errorCode === null
        ? {}
        : { code: message.errorCode, reason: deliveryErrors.get(message.errorCode) })
    })
    if (isTold) this.#callbacks.tell(world, message)
  }

  #end(world: World, message: MessageRecord): void {
    message.timer = undefined
    world.messages.noteDone(message)
  }

  #after(world: World, message: MessageRecord, wait: number, step: () => void): void {
    message.timer = world.later(wait, step)
  }
}

function outcomeFor(
  world: World,
  message: MessageRecord,
  random: Random
): Outcome & Pick<HandsetOutcome, 'afterMs' | 'reachedAfterMs'> {
  const fraction = random.fraction()
  const subject = { to: message.to, from: message.from ?? '', body: message.body }
  const rule = world.faults.isEmpty ? undefined : world.faults.take('outcome', subject)
  if (rule !== undefined) return { status: statusOf(rule.status), errorCode: rule.error_code }
  return (
    world.handsets.outcomeOf(message.to, world.now(), message.validityMs) ??
    outcomeOfNumber(message.to) ??
    outcomeOfProfile(world.profile, fraction)
  )
}

function statusOf(text: string): Outcome['status'] {
  return text === 'undelivered' || text === 'failed' || text === 'sent' ? text : 'delivered'
}
