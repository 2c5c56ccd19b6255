import type { Plan } from '../../simulator/agenda.ts'
import { drawMs } from '../../simulator/faults.ts'
import type { StatusCallbacks } from '../callbacks/status-callback.ts'
import { deliveryErrors } from '../errors.ts'
import { isTerminal, move, type MessageEvent, type MessageStatus } from '../lifecycles/message.ts'
import { redactBody, type MessageRecord } from '../resources/message.ts'
import type { World } from '../world.ts'
import { chanceOf, drawFrom } from './chance.ts'
import { endOutage, findOutage, outageBefore, releaseNext } from './outages.ts'
import { faultSubject, outcomeFor, outcomeOfCode, outcomeOfRule, type Outcome } from './outcome.ts'
import { exceedsAccountRate, isQueueFull, joinQueue, leaveQueue, trailMs } from './sender-queues.ts'
import { giveSender } from './sender-choice.ts'

/*
 * Carries a message from its first status to its last: Twilio's queue, the carrier's network, the handset.
 * What comes next is planned as data, one step at a time:
 *
 *   choose     a messaging service finds a sender        accepted, scheduled → queued
 *   dispatch   the sender's turn has come                queued → sending
 *   expire     it did not come in time                   queued → failed
 *   refuse     the provider will not send it             queued → failed
 *   hand-over  the carrier takes it, or does not         sending → sent, failed
 *   receipt    the carrier says what became of it        sent → delivered, undelivered
 *
 * A step whose message has gone elsewhere meanwhile, taken back or deleted, is nothing. How long a step takes
 * is drawn from the message's own chance; how it ends is decided when it is handed over (see outcome.ts).
 */

export const messageStep = 'message.step'

const beginnings = {
  choose: ['accepted', 'scheduled'],
  dispatch: ['queued'],
  expire: ['queued'],
  refuse: ['queued'],
  'hand-over': ['sending'],
  receipt: ['sent']
} as const satisfies Record<string, readonly MessageStatus[]>

type Step = keyof typeof beginnings

export class Delivery {
  readonly #callbacks: StatusCallbacks

  constructor(callbacks: StatusCallbacks) {
    this.#callbacks = callbacks
  }

  /** A message that was just created, in whatever status it begins. */
  start(world: World, message: MessageRecord, sendAt?: number): void {
    world.journal.append({
      kind: 'message.created',
      sid: message.sid,
      direction: message.direction,
      to: message.to,
      from: message.from,
      body: message.body,
      status: message.status
    })
    if (message.status === 'scheduled') {
      world.carrier.scheduled++
      plan(world, message, (sendAt ?? world.now()) - world.now(), 'choose')
    } else if (message.status === 'accepted') {
      plan(world, message, draw(world, message, 'senderChoice'), 'choose')
    } else {
      this.#queue(world, message)
    }
  }

  cancel(world: World, message: MessageRecord): void {
    this.#move(world, message, 'takenBack')
  }

  /** Does what was planned as `messageStep`. */
  takeStep(world: World, { sid, step, code }: Plan): void {
    const message = typeof sid === 'string' ? world.messages.find(sid) : undefined
    if (message === undefined || !isStep(step)) return
    const expected: readonly MessageStatus[] = beginnings[step]
    if (!expected.includes(message.status)) return
    switch (step) {
      case 'choose':
        this.#chooseSender(world, message)
        break
      case 'dispatch':
        this.#dispatch(world, message)
        break
      case 'expire':
        this.#expire(world, message)
        break
      case 'refuse':
        this.#fail(world, message, 'refused', Number(code))
        break
      case 'hand-over':
        this.#handOver(world, message)
        break
      case 'receipt':
        this.#receive(world, message, typeof code === 'number' ? code : undefined)
        break
    }
  }

  /** Does what was planned as `outageStep`: a carrier comes back, and what it held goes on, one by one. */
  takeOutageStep(world: World, { id }: Plan): void {
    const outage = findOutage(world, id)
    if (outage === undefined) return
    if (!outage.isOver) {
      endOutage(world, outage)
      return
    }
    const sid = releaseNext(world, outage)
    const message = sid === undefined ? undefined : world.messages.find(sid)
    if (message?.status !== 'sent') return
    this.#afterAcceptance(world, message, outcomeFor(world, message))
  }

  #chooseSender(world: World, message: MessageRecord): void {
    if (message.status === 'scheduled' && world.status !== 'active') {
      this.#fail(world, message, 'refused', 30002)
      return
    }
    const flaw = giveSender(world, message)
    // Somebody may have said STOP since the message was scheduled.
    const hasOptedOut =
      flaw === undefined &&
      world.optOuts.has(message.to, message.messagingServiceSid ?? message.from ?? '')
    const code = hasOptedOut ? 21610 : flaw
    if (code !== undefined) {
      this.#fail(world, message, 'refused', code)
      return
    }
    if (world.isThrottled && isQueueFull(world, message.from ?? '', message)) {
      this.#fail(world, message, 'refused', 30001)
      return
    }
    this.#move(world, message, 'senderChosen')
    this.#queue(world, message)
  }

  #queue(world: World, message: MessageRecord): void {
    const readyInMs = draw(world, message, 'dispatch')
    const delay = world.faults.isEmpty
      ? undefined
      : world.faults.take('delay', faultSubject(message))
    const delayMs = delay === undefined ? 0 : drawMs(delay.ms, world.randomFor(message.sid))
    const waitMs = world.isThrottled ? this.#line(world, message, readyInMs) : readyInMs
    if (waitMs === undefined) return
    if (waitMs + delayMs > message.validityMs) plan(world, message, message.validityMs, 'expire')
    else plan(world, message, waitMs + delayMs, 'dispatch')
  }

  /** How long the message waits for its sender's turn, or nothing when it is not let in. */
  #line(world: World, message: MessageRecord, readyInMs: number): number | undefined {
    const { from, sid, to } = message
    const sender = from ?? ''
    const refusedFor = exceedsAccountRate(world)
      ? 63017
      : isQueueFull(world, sender, message)
        ? 30001
        : undefined
    if (refusedFor !== undefined) {
      plan(world, message, readyInMs, 'refuse', refusedFor)
      return undefined
    }
    const now = world.now()
    const readyAt = now + readyInMs
    const at = joinQueue(world, sender, message, { readyAt, lastAt: now + message.validityMs })
    if (at > readyAt) {
      const waiting = world.carrier.queues.get(sender)?.segments
      world.journal.append({
        kind: 'message.delayed',
        sid,
        to,
        from,
        wait_ms: at - now,
        waiting_segments: waiting
      })
    }
    return at - now
  }

  #dispatch(world: World, message: MessageRecord): void {
    if (world.isThrottled) leaveQueue(world, message.from ?? '', message)
    if (world.status !== 'active') {
      this.#fail(world, message, 'refused', 30002)
      return
    }
    this.#move(world, message, 'dispatched')
    const trail = world.isThrottled ? trailMs(world, message.from ?? '', message) : 0
    plan(world, message, trail + draw(world, message, 'handOver'), 'hand-over')
  }

  #expire(world: World, message: MessageRecord): void {
    if (world.isThrottled) leaveQueue(world, message.from ?? '', message)
    this.#fail(world, message, 'expired', 30036)
  }

  #handOver(world: World, message: MessageRecord): void {
    const rule = outcomeOfRule(world, message)
    const outage = rule === undefined ? outageBefore(world, message.to) : undefined
    if (outage?.effect === 'hold') {
      this.#accept(world, message)
      outage.held.push(message.sid)
      return
    }
    const outcome = rule ?? (outage ? outcomeOfCode(outage.errorCode) : outcomeFor(world, message))
    if (outcome.status === 'failed') {
      this.#fail(world, message, 'refused', outcome.errorCode ?? 30008)
      return
    }
    this.#accept(world, message)
    this.#afterAcceptance(world, message, outcome)
  }

  #accept(world: World, message: MessageRecord): void {
    message.dateSent = world.now()
    this.#move(world, message, 'carrierAccepted')
    if (message.privacy.discardsBody) redactBody(message)
  }

  #afterAcceptance(world: World, message: MessageRecord, outcome: Outcome): void {
    if (outcome.status === 'sent') {
      reach(world, message, outcome.reachedAfterMs ?? 0, false)
      world.messages.noteDone(message)
      return
    }
    const waitMs = outcome.afterMs ?? draw(world, message, 'receipt')
    if (outcome.status === 'delivered') {
      const { reachedAfterMs } = outcome
      reach(world, message, reachedAfterMs ?? waitMs, reachedAfterMs === undefined)
    }
    const code = outcome.status === 'delivered' ? undefined : (outcome.errorCode ?? 30008)
    plan(world, message, waitMs, 'receipt', code)
  }

  #receive(world: World, message: MessageRecord, code: number | undefined): void {
    if (code !== undefined) {
      this.#fail(world, message, 'receiptNegative', code)
      return
    }
    this.#move(world, message, 'receiptPositive')
  }

  #fail(world: World, message: MessageRecord, event: MessageEvent, errorCode: number): void {
    message.errorCode = errorCode
    this.#move(world, message, event)
    if (message.privacy.discardsBody) redactBody(message)
  }

  #move(world: World, message: MessageRecord, event: MessageEvent): void {
    const { from, to: status, isTold } = move(message, event, world.now())
    if (from === 'scheduled') world.carrier.scheduled--
    const { sid, to, errorCode } = message
    world.journal.append(
      errorCode === null
        ? { kind: 'message.status', sid, to, from: message.from, was: from, status }
        : {
            kind: 'message.status',
            sid,
            to,
            from: message.from,
            was: from,
            status,
            code: errorCode,
            reason: deliveryErrors.get(errorCode)
          }
    )
    if (isTold) this.#callbacks.tell(world, message)
    if (isTerminal(status)) world.messages.noteDone(message)
  }
}

function plan(world: World, { sid }: MessageRecord, waitMs: number, step: Step, code?: number) {
  world.plan(
    waitMs,
    code === undefined ? { kind: messageStep, sid, step } : { kind: messageStep, sid, step, code }
  )
}

function draw(
  world: World,
  { sid }: MessageRecord,
  step: 'senderChoice' | 'dispatch' | 'handOver' | 'receipt'
): number {
  return drawFrom(world.profile.timing[step], chanceOf(sid, step))
}

function isStep(step: unknown): step is Step {
  return typeof step === 'string' && Object.hasOwn(beginnings, step)
}

/** Once for every message that gets there, which need not be the moment of its receipt. */
function reach(
  world: World,
  message: MessageRecord,
  afterMs: number,
  isToldByReceipt: boolean
): void {
  const { sid, to } = message
  // Of most messages the receipt says it; a field that is added to each would cost its share.
  if (!isToldByReceipt) message.reachedAt = world.now() + afterMs
  if (world.handsets.has(to)) world.plan(afterMs, { kind: 'handset.received', sid })
}
