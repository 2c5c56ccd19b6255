import type { Plan, PlanHandlers } from '../../simulator/agenda.ts'
import type { CallbackSender } from '../../simulator/callback-sender.ts'
import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { callCallback } from '../callbacks/call-callback.ts'
import type { StatusCallbacks } from '../callbacks/status-callback.ts'
import { isOver, moveCall, type CallEvent } from '../lifecycles/call.ts'
import { handsetOf } from '../resources/call.ts'
import type { AnsweredBy, CallProgressEvent, CallRecord, CallSettings } from './call-record.ts'
import type { NumberRecord } from '../resources/phone-number.ts'
import type { World } from '../world.ts'
import { CallFlow, callStep } from './call-flow.ts'
import { habitsOf, receptionOf, type Reception } from './callee.ts'
import { buildCall } from './new-call.ts'
import { drawDelay } from '../carrier/persona.ts'

/*
 * Carries a call from its first status to its last. What comes next is planned as data, one step at a time:
 *
 *   dial       its turn has come                       initiated is told; it rings soon, or never
 *   ring       the other phone rings                   queued → ringing
 *   end-ring   somebody picks up, or nobody does       queued, ringing → in-progress, busy, no-answer, failed
 *   detected   a person or a machine, it has turned out
 *   hang-up    the person has had enough               in-progress → completed
 *   limit      the call has lasted as long as it may   in-progress → completed
 *
 * A step of an earlier turn of the call is nothing. What is said in between is the matter of call-flow.ts.
 */

export const usualLimitMs = 4 * 3_600_000

export class Calls {
  readonly #callbacks: StatusCallbacks
  readonly #flow: CallFlow
  readonly #onEnd: ((world: World, call: CallRecord) => void)[] = []

  constructor(sender: CallbackSender, callbacks: StatusCallbacks, planned: PlanHandlers<World>) {
    this.#callbacks = callbacks
    this.#flow = new CallFlow(sender, {
      answer: (world, call) => this.#answer(world, call),
      hangUp: (world, call) => this.hangUp(world, call),
      reject: (world, call, reason) => {
        // How a rejected call ends is the carrier's choice at Twilio: here the caller hears that it is busy.
        this.#end(world, call, 'wasBusy', reason === 'busy' ? 486 : 603)
      },
      fail: (world, call) => this.#end(world, call, 'couldNotBePlaced', 404)
    })
    planned.on(callStep, (world, plan) => this.#takeStep(world, plan))
  }

  /** A call that was just created. */
  start(world: World, call: CallRecord): void {
    this.#enter(world, call)
    const now = world.now()
    const { carrier } = world
    // An account dials one call a second, unless Twilio has granted it more.
    const at = world.isThrottled ? Math.max(now, carrier.callFreeAt) : now
    if (world.isThrottled) carrier.callFreeAt = at + 1000
    call.queueMs = at - now
    this.#await(world, call, at - now + this.#draw(world, call, 'dial', 100, 500), 'dial')
  }

  /** A person calls one of the application's numbers. */
  receive(world: World, { from, to }: { from: string; to: string }): CallRecord {
    const number = world.numbersByPhone.get(to)
    if (number === undefined) {
      throw new ControlRefusal(404, `${to} is no number of ${world.name}`)
    }
    const settings = inboundSettings(world, number)
    const phoneNumberSid = number.sid.startsWith('PN') ? number.sid : null
    const call = buildCall(world, {
      direction: 'inbound',
      requestId: null,
      to,
      from,
      phoneNumberSid,
      settings
    })
    this.#enter(world, call)
    const isClaimed = number.voice && settings.url !== null && world.status === 'active'
    if (isClaimed && world.callsBack) this.#flow.begin(world, call)
    else {
      world.journal.append({ kind: 'call.unclaimed', sid: call.sid, number: to })
      this.#end(world, call, 'couldNotBePlaced', 404)
    }
    return call
  }

  /** Who else has to know when a call is over, before the application is told. */
  onEnd(listener: (world: World, call: CallRecord) => void): void {
    this.#onEnd.push(listener)
  }

  cancel(world: World, call: CallRecord): void {
    this.#end(world, call, 'takenBack', 487)
  }

  hangUp(world: World, call: CallRecord): void {
    this.#end(world, call, 'ended', 200)
  }

  redirect(...of: Parameters<CallFlow['redirect']>): void {
    this.#flow.redirect(...of)
  }

  /** Gives the call in which the keys were pressed. */
  press(world: World, number: string, digits: string, sid?: string): CallRecord {
    for (const call of world.calls.newestFirst()) {
      const isIt = sid === undefined || call.sid === sid
      if (!isIt || handsetOf(call) !== number || call.status !== 'in-progress') continue
      this.#flow.press(world, call, digits)
      return call
    }
    throw new ControlRefusal(404, `${number} is in no call${sid === undefined ? '' : ` ${sid}`}`)
  }

  #enter(world: World, call: CallRecord): void {
    const { sid, direction, to, from, status } = call
    world.calls.add(call)
    world.journal.append({ kind: 'call.created', sid, direction, to, from, status })
  }

  #takeStep(world: World, plan: Plan): void {
    const call = world.calls.find(String(plan['sid']))
    if (call === undefined || isOver(call.status)) return
    if (plan['turn'] !== undefined && plan['turn'] !== call.turn) return
    switch (plan['step']) {
      case 'dial':
        this.#dial(world, call)
        break
      case 'ring':
        this.#ring(world, call)
        break
      case 'end-ring':
        this.#endRinging(world, call)
        break
      case 'detected':
        this.#detect(world, call)
        break
      case 'hang-up':
      case 'limit':
        if (call.status === 'in-progress') this.hangUp(world, call)
        break
      default:
        this.#flow.takeStep(world, call, plan)
    }
  }

  #dial(world: World, call: CallRecord): void {
    call.startTime = world.now()
    if (world.status !== 'active') {
      this.#end(world, call, 'couldNotBePlaced', 403)
      return
    }
    this.#tell(world, call, 'initiated')
    const { rings, afterMs } = receptionOf(world, call)
    if (rings) this.#await(world, call, this.#draw(world, call, 'ring', 500, 2000), 'ring')
    else this.#await(world, call, afterMs, 'end-ring')
  }

  #ring(world: World, call: CallRecord): void {
    this.#move(world, call, 'rang')
    this.#tell(world, call, 'ringing')
    this.#await(world, call, receptionOf(world, call).afterMs, 'end-ring')
  }

  #endRinging(world: World, call: CallRecord): void {
    const { ending, sipCode }: Reception = receptionOf(world, call)
    if (ending !== 'answered') {
      // Somebody who said otherwise meanwhile may pick up a phone that has not rung: it rings first.
      if (ending === 'wentUnanswered' && call.status === 'queued') this.#ring(world, call)
      else this.#end(world, call, ending, sipCode)
      return
    }
    if (call.status === 'queued') {
      this.#ring(world, call)
      return
    }
    this.#answer(world, call)
    const { detection } = call.settings
    if (detection === null) {
      this.#flow.begin(world, call)
      return
    }
    if (detection.isAsync) this.#flow.begin(world, call)
    const { afterMs } = this.#finding(world, call)
    if (detection.isAsync) {
      world.plan(afterMs, { kind: callStep, sid: call.sid, step: 'detected' })
    } else this.#await(world, call, afterMs, 'detected')
  }

  #answer(world: World, call: CallRecord): void {
    this.#move(world, call, 'answered')
    call.answeredAt = world.now()
    this.#tell(world, call, 'answered')
    const { hangs_up_after: patience } = habitsOf(world, call)
    if (patience === undefined) return
    const { sid } = call
    const afterMs = drawDelay(patience, world.randomFor(`call/${sid}/patience`))
    world.plan(afterMs, { kind: callStep, sid, step: 'hang-up' })
  }

  /** https://www.twilio.com/docs/voice/answering-machine-detection */
  #finding(world: World, call: CallRecord): { answeredBy: AnsweredBy; afterMs: number } {
    const { answers = 'person' } = habitsOf(world, call)
    const { mode = 'Enable', timeoutMs = 30_000 } = call.settings.detection ?? {}
    const isMachine = answers === 'machine'
    const hearsOut = isMachine && mode === 'DetectMessageEnd'
    // A greeting is heard to its end, which takes a while. Our figures.
    const [least, most] = hearsOut ? [8000, 15_000] : [1500, 4000]
    const afterMs = this.#draw(world, call, 'detection', least, most)
    if (afterMs > timeoutMs) return { answeredBy: 'unknown', afterMs: timeoutMs }
    if (answers === 'fax') return { answeredBy: 'fax', afterMs }
    if (!isMachine) return { answeredBy: 'human', afterMs }
    return { answeredBy: hearsOut ? 'machine_end_beep' : 'machine_start', afterMs }
  }

  #detect(world: World, call: CallRecord): void {
    const { detection } = call.settings
    const { answeredBy, afterMs } = this.#finding(world, call)
    call.answeredBy = answeredBy
    call.dateUpdated = world.now()
    const { sid, to, from } = call
    world.journal.append({ kind: 'call.detected', sid, to, from, answered_by: answeredBy })
    if (detection === null || !detection.isAsync) {
      this.#flow.begin(world, call)
      return
    }
    if (detection.statusCallback === null) return
    this.#callbacks.tellOf(world, {
      sid,
      to,
      from,
      status: answeredBy,
      url: detection.statusCallback,
      method: detection.statusCallbackMethod,
      parameters: [
        ['AccountSid', world.accountSid],
        ['AnsweredBy', answeredBy],
        ['CallSid', sid],
        ['MachineDetectionDuration', String(afterMs)]
      ],
      isForged: false,
      requestId: call.requestId
    })
  }

  #end(world: World, call: CallRecord, event: CallEvent, sipCode: number): void {
    call.sipCode = sipCode
    call.endTime = world.now()
    call.startTime ??= call.status === 'queued' ? null : world.now()
    call.turn++
    call.script = null
    world.cookieJars.delete(call.sid)
    this.#move(world, call, event)
    for (const listener of this.#onEnd) listener(world, call)
    this.#tell(world, call, 'completed')
  }

  #move(world: World, call: CallRecord, event: CallEvent): void {
    const { status: was, sid, to, from } = call
    moveCall(call, event, world.now())
    world.journal.append({ kind: 'call.status', sid, to, from, was, status: call.status })
  }

  #tell(world: World, call: CallRecord, event: CallProgressEvent): void {
    const { statusCallback, statusCallbackEvents } = call.settings
    if (statusCallback === null || !statusCallbackEvents.includes(event)) return
    this.#callbacks.tellOf(world, callCallback(world, call, event, statusCallback))
  }

  #await(world: World, call: CallRecord, ms: number, step: string): void {
    world.plan(ms, { kind: callStep, sid: call.sid, step, turn: ++call.turn })
  }

  #draw(world: World, call: CallRecord, what: string, least: number, most: number): number {
    return world.randomFor(`call/${call.sid}/${what}`).between(least, most)
  }
}

/** The address of the voice application counts before the number's own. */
function inboundSettings(world: World, number: NumberRecord): CallSettings {
  const application = world.applications.get(number.voiceApplicationSid ?? '')
  const { voiceUrl, voiceMethod, voiceFallbackUrl, voiceFallbackMethod } = application ?? number
  const { statusCallback, statusCallbackMethod } = application ?? number
  return {
    url: voiceUrl || null,
    twiml: null,
    method: voiceMethod,
    fallbackUrl: voiceFallbackUrl || null,
    fallbackMethod: voiceFallbackMethod,
    statusCallback: statusCallback || null,
    statusCallbackMethod,
    statusCallbackEvents: ['completed'],
    ringMs: 0,
    limitMs: usualLimitMs,
    detection: null
  }
}
