import type { Plan, PlanHandlers } from '../../simulator/agenda.ts'
import type { CallbackSender } from '../../simulator/callback-sender.ts'
import { ControlRefusal } from '../../simulator/control-refusal.ts'
import { callCallback } from '../callbacks/call-callback.ts'
import type { FormParameter } from '../callbacks/signature.ts'
import type { StatusCallbacks } from '../callbacks/status-callback.ts'
import { drawDelay } from '../carrier/persona.ts'
import { isOver, moveCall, type CallEvent } from '../lifecycles/call.ts'
import { handsetOf } from '../resources/call.ts'
import type { NumberRecord } from '../resources/phone-number.ts'
import type { World } from '../world.ts'
import { callParameters } from './call-parameters.ts'
import type { CallProgressEvent, CallRecord, CallSettings } from './call-record.ts'
import { receptionOf, type Reception } from './callee.ts'
import { findingOf, greetingOf } from './detection.ts'
import { callStep, Interpreter, verbOf } from './interpreter.ts'
import { buildCall, plainSettings } from './new-call.ts'
import { callAct, habitsOf, hear, planAct, speechMs } from './people.ts'
import type { Callback, NewLeg, Recorder, Rooms } from './stage.ts'
import { note } from './transcript.ts'
import { msOfKeys } from './verbs/prompts.ts'

/*
 * Carries a call from its first status to its last. What comes next is planned as data, one step at a time:
 *
 *   dial         its turn has come                     initiated is told; it rings soon, or never
 *   ring         the other phone rings                 queued → ringing
 *   end-ring     somebody picks up, or nobody does     queued, ringing → in-progress, busy, no-answer, failed
 *   digits-sent  the keys of SendDigits are out        the document is asked for
 *   detected     a person or a machine, it has turned out
 *
 * A step of an earlier turn of the call is nothing. Beside that, `call.limit` ends a call that has lasted as long as
 * it may, `call.detected` tells an asynchronous detection, and `call.act` is what a person does. What is said in
 * between is the matter of the interpreter.
 */

const callLimit = 'call.limit'
const callDetected = 'call.detected'

export interface Studio {
  recorder: Recorder
  rooms: Rooms
}

export class Calls {
  readonly #callbacks: StatusCallbacks
  readonly #interpreter: Interpreter
  readonly #studio: Studio
  readonly #endings: ((world: World, call: CallRecord) => void)[] = []

  constructor(
    sender: CallbackSender,
    callbacks: StatusCallbacks,
    planned: PlanHandlers<World>,
    studio: Studio
  ) {
    this.#callbacks = callbacks
    this.#studio = studio
    this.#interpreter = new Interpreter(sender, {
      ...this.#studio,
      answer: (world, call) => this.#answer(world, call),
      hangUp: (world, call) => this.hangUp(world, call),
      reject: (world, call, reason) => {
        // How a rejected call ends is the carrier's choice at Twilio: here the caller hears that it is busy.
        this.#end(world, call, 'wasBusy', reason === 'busy' ? 486 : 603)
      },
      fail: (world, call) => this.#end(world, call, 'couldNotBePlaced', 404),
      ring: (world, parent, leg) => this.#ringLeg(world, parent, leg),
      dropLeg: (world, sid) => this.#drop(world, sid),
      tell: (world, call, callback) => this.#tellOf(world, call, callback)
    })
    planned.on(callStep, (world, plan) => this.#takeStep(world, plan))
    planned.on(callLimit, (world, { sid, limit }) => {
      const call = this.#goingOn(world, String(sid))
      if (call?.limits !== limit || call === undefined) return
      note(world, call, 'limit', 'the call has lasted as long as it may')
      this.hangUp(world, call)
    })
    planned.on(callDetected, (world, { sid }) => {
      const call = this.#goingOn(world, String(sid))
      if (call !== undefined) this.#detect(world, call)
    })
    planned.on(callAct, (world, plan) => this.#takeAct(world, plan))
  }

  /** Told of each call that is over, before its last callback goes out. */
  whenOver(listener: (world: World, call: CallRecord) => void): void {
    this.#endings.push(listener)
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
    this.#takeIn(world, call, number.voice)
    return call
  }

  /** A browser calls its TwiML application. */
  connect(world: World, party: string, parameters: readonly FormParameter[] = []): CallRecord {
    const device = world.devices.get(party)
    if (device === undefined) throw new ControlRefusal(404, `${party} is not registered`)
    const application = world.applications.get(device.applicationSid ?? '')
    if (application === undefined || device.applicationSid === null) {
      throw new ControlRefusal(409, `the token of ${party} names no application of ${world.name}`)
    }
    const all = new Map<string, string>([...device.parameters, ...parameters])
    const to = all.get('To') ?? ''
    all.delete('To')
    const call = buildCall(world, {
      direction: 'inbound',
      requestId: null,
      to,
      from: party,
      phoneNumberSid: null,
      parameters: [['ApplicationSid', device.applicationSid], ...all],
      settings: {
        ...plainSettings,
        url: application.voiceUrl || null,
        method: application.voiceMethod,
        fallbackUrl: application.voiceFallbackUrl || null,
        fallbackMethod: application.voiceFallbackMethod,
        statusCallback: application.statusCallback || null,
        statusCallbackMethod: application.statusCallbackMethod
      }
    })
    this.#takeIn(world, call, true)
    return call
  }

  cancel(world: World, call: CallRecord): void {
    this.#end(world, call, 'takenBack', 487)
  }

  hangUp(world: World, call: CallRecord): void {
    this.#end(world, call, 'ended', 200)
  }

  redirect(
    world: World,
    call: CallRecord,
    to: { url: string; method: 'GET' | 'POST' } | { twiml: string }
  ): void {
    this.#leaveDial(world, call)
    this.#interpreter.redirect(world, call, to)
  }

  /** How long it may last, from when it was answered. */
  limit(world: World, call: CallRecord): void {
    if (call.answeredAt === null) return
    const left = Math.max(0, call.answeredAt + call.settings.limitMs - world.now())
    world.plan(left, { kind: callLimit, sid: call.sid, limit: ++call.limits })
  }

  /** A conference lets the call go, which goes on behind its Dial. */
  leaveRoom(world: World, call: CallRecord): void {
    this.#interpreter.leftRoom(world, call)
  }

  /** What is being said or played in the room reaches the person. */
  hear(
    world: World,
    call: CallRecord,
    how: 'said' | 'played' | 'spoken',
    what: string,
    ms = how === 'played' ? 5000 : speechMs(what)
  ): void {
    note(world, call, 'hear', `hears "${what}"`)
    hear(world, call, how, what, ms)
  }

  /** Nobody waits for the person any more. */
  drop(world: World, call: CallRecord): void {
    this.#drop(world, call.sid)
  }

  /** Gives the call in which the keys were pressed. */
  press(world: World, party: string, digits: string, sid?: string): CallRecord {
    const call = this.#callOf(world, party, sid)
    this.#interpreter.press(world, call, digits)
    return call
  }

  say(world: World, party: string, words: string, sid?: string): CallRecord {
    const call = this.#callOf(world, party, sid)
    this.#speak(world, call, words, speechMs(words))
    return call
  }

  /** The person hangs up, or gives up while it rings at the other end. */
  putDown(world: World, party: string, sid?: string): CallRecord {
    const isIt = (call: CallRecord) =>
      call.status === 'in-progress' || (call.direction === 'inbound' && call.status === 'ringing')
    const call = this.#find(world, party, sid, isIt)
    this.#hangUpBy(world, call)
    return call
  }

  /** The person picks up, or declines, what rings. */
  pickUp(world: World, party: string, sid?: string): CallRecord {
    const call = this.#find(world, party, sid, isRingingThere)
    this.#isAnswered(world, call)
    return call
  }

  decline(world: World, party: string, sid?: string): CallRecord {
    const call = this.#find(world, party, sid, isRingingThere)
    note(world, call, 'declined', 'the person declines')
    this.#end(world, call, 'wasBusy', 603)
    return call
  }

  #enter(world: World, call: CallRecord): void {
    const { sid, direction, to, from, status, parentCallSid: parent } = call
    world.calls.add(call)
    note(world, call, 'created', `${direction} call from ${from} to ${to}`)
    const more = parent === null ? {} : { parent }
    world.journal.append({ kind: 'call.created', sid, direction, to, from, status, ...more })
  }

  /** A call that comes in: somebody must say what is to become of it. */
  #takeIn(world: World, call: CallRecord, isTaken: boolean): void {
    this.#enter(world, call)
    const isClaimed = isTaken && call.settings.url !== null && world.status === 'active'
    if (isClaimed && world.callsBack) this.#interpreter.begin(world, call)
    else {
      world.journal.append({ kind: 'call.unclaimed', sid: call.sid, number: call.to })
      this.#end(world, call, 'couldNotBePlaced', 404)
    }
  }

  #callOf(world: World, party: string, sid?: string): CallRecord {
    return this.#find(world, party, sid, ({ status }) => status === 'in-progress')
  }

  #find(
    world: World,
    party: string,
    sid: string | undefined,
    isIt: (call: CallRecord) => boolean
  ): CallRecord {
    const call = world.calls
      .of(party)
      .findLast(one => (sid === undefined || one.sid === sid) && isIt(one))
    if (call !== undefined) return call
    throw new ControlRefusal(
      404,
      `${party} is in no such call${sid === undefined ? '' : ` ${sid}`}`
    )
  }

  #goingOn(world: World, sid: string): CallRecord | undefined {
    const call = world.calls.find(sid)
    return call?.status === 'in-progress' ? call : undefined
  }

  #takeStep(world: World, plan: Plan): void {
    const call = world.calls.find(String(plan['sid']))
    if (call === undefined || isOver(call.status) || plan['turn'] !== call.turn) return
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
      case 'digits-sent':
        this.#connect(world, call)
        break
      case 'detected':
        this.#detect(world, call)
        break
      default:
        this.#interpreter.takeStep(world, call, plan)
    }
  }

  #takeAct(world: World, plan: Plan): void {
    const call = this.#goingOn(world, String(plan['sid']))
    if (call === undefined) return
    const { act, digits, words, ms, gather } = plan
    if (act === 'press' && (gather === undefined || gather === call.gathers)) {
      this.#interpreter.press(world, call, String(digits))
    } else if (act === 'say') {
      const text = String(words)
      this.#speak(world, call, text, typeof ms === 'number' ? ms : speechMs(text))
    } else if (act === 'hang-up') this.#hangUpBy(world, call)
  }

  #hangUpBy(world: World, call: CallRecord): void {
    note(world, call, 'hang-up', 'the person hangs up')
    if (call.status === 'in-progress') this.hangUp(world, call)
    // The caller has given up. [unverified: the documentation does not name the status]
    else this.#end(world, call, 'wentUnanswered', 487)
  }

  /** What somebody says reaches whoever is at the other end: a verb, another person, a room, a recording. */
  #speak(world: World, call: CallRecord, words: string, ms: number): void {
    note(world, call, 'speak', `the person says "${words}"`)
    world.journal.append({ kind: 'call.spoken', sid: call.sid, number: handsetOf(call), words })
    this.#studio.recorder.note(world, call, { words, ms })
    this.#interpreter.speak(world, call, words, ms)
    const other = world.calls.find(call.bridgedWith ?? '')
    if (other !== undefined) {
      note(world, other, 'hear', `hears "${words}"`)
      hear(world, other, 'spoken', words, ms)
    }
    const verb = verbOf(call)
    if (verb?.verb === 'Dial' && verb.isInRoom)
      this.#studio.rooms.spoken(world, call, { words, ms })
  }

  #ringLeg(world: World, parent: CallRecord, { callee, ...leg }: NewLeg): CallRecord {
    const call = buildCall(world, {
      direction: 'outbound-dial',
      requestId: parent.requestId,
      parentCallSid: parent.sid,
      to: leg.to,
      from: leg.from,
      phoneNumberSid: leg.phoneNumberSid,
      parameters: callee.parameters,
      settings: {
        ...plainSettings,
        url: absolute(parent, callee.url),
        method: callee.method,
        statusCallback: absolute(parent, callee.statusCallback),
        statusCallbackMethod: callee.statusCallbackMethod,
        statusCallbackEvents: callee.statusCallbackEvents,
        ringMs: leg.ringMs,
        sendDigits: callee.sendDigits,
        detection:
          callee.detection === null
            ? null
            : {
                ...callee.detection,
                statusCallback: absolute(parent, callee.detection.statusCallback)
              }
      }
    })
    this.#enter(world, call)
    this.#await(world, call, this.#draw(world, call, 'dial', 50, 200), 'dial')
    return call
  }

  #drop(world: World, sid: string): void {
    const leg = world.calls.find(sid)
    if (leg === undefined || isOver(leg.status)) return
    if (leg.status === 'in-progress') this.hangUp(world, leg)
    else this.cancel(world, leg)
  }

  /** A leg of a Dial goes elsewhere by itself: the Dial is over for who has dialled it. */
  #leaveDial(world: World, call: CallRecord): void {
    if (call.direction !== 'outbound-dial' || call.isOnItsOwn) return
    call.isOnItsOwn = true
    const parent = world.calls.find(call.parentCallSid ?? '')
    if (parent !== undefined) this.#interpreter.legOver(world, parent, call)
  }

  #dial(world: World, call: CallRecord): void {
    call.startTime = world.now()
    if (world.status !== 'active') {
      this.#end(world, call, 'couldNotBePlaced', 403)
      return
    }
    note(world, call, 'dialled', `is dialled: ${call.to}`)
    this.#tell(world, call, 'initiated')
    const { rings, afterMs } = receptionOf(world, call)
    if (rings) this.#await(world, call, this.#draw(world, call, 'ring', 500, 2000), 'ring')
    else this.#await(world, call, afterMs, 'end-ring')
  }

  #ring(world: World, call: CallRecord): void {
    // A leg of a Dial rings from the beginning.
    if (call.status === 'queued') this.#move(world, call, 'rang')
    note(world, call, 'ringing', 'rings')
    call.hasRung = true
    this.#tell(world, call, 'ringing')
    this.#await(world, call, receptionOf(world, call).afterMs, 'end-ring')
  }

  #endRinging(world: World, call: CallRecord): void {
    const { ending, rings, sipCode }: Reception = receptionOf(world, call)
    // Somebody who said otherwise meanwhile may pick up a phone that has not rung: it rings first.
    if (rings && !call.hasRung) this.#ring(world, call)
    else if (ending === 'answered') this.#isAnswered(world, call)
    else this.#end(world, call, ending, sipCode)
  }

  /** Somebody or something has picked up a call of the application's. */
  #isAnswered(world: World, call: CallRecord): void {
    this.#answer(world, call)
    const parent = world.calls.find(call.parentCallSid ?? '')
    if (parent !== undefined) this.#interpreter.legAnswered(world, parent, call)
    if (isOver(call.status)) return
    const { sendDigits } = call.settings
    if (sendDigits === '') {
      this.#connect(world, call)
      return
    }
    note(world, call, 'play', `plays the keys ${sendDigits}`)
    this.#await(world, call, msOfKeys(sendDigits), 'digits-sent')
  }

  #connect(world: World, call: CallRecord): void {
    const { detection } = call.settings
    if (detection === null || detection.isAsync) this.#begin(world, call)
    if (detection === null) return
    const { afterMs } = findingOf(world, call, detection)
    if (detection.isAsync) world.plan(afterMs, { kind: callDetected, sid: call.sid })
    else this.#await(world, call, afterMs, 'detected')
  }

  /** Its document, if it has one; a leg without one is connected at once. */
  #begin(world: World, call: CallRecord): void {
    const isLeg = call.direction === 'outbound-dial'
    if (!isLeg || call.settings.url !== null) {
      this.#interpreter.begin(world, call)
      return
    }
    const parent = world.calls.find(call.parentCallSid ?? '')
    if (parent !== undefined) this.#interpreter.legReady(world, parent, call)
  }

  #answer(world: World, call: CallRecord): void {
    this.#move(world, call, 'answered')
    call.answeredAt = world.now()
    note(world, call, 'answered', 'is answered')
    this.#tell(world, call, 'answered')
    this.limit(world, call)
    const { recording } = call.settings
    if (recording !== null) {
      call.recordingSid = this.#studio.recorder.start(world, {
        ...recording,
        call,
        source: 'OutboundAPI'
      })
    }
    const { hangs_up_after: patience, answers } = habitsOf(world, call)
    if (answers === 'machine' && call.direction !== 'inbound') {
      planAct(world, call, 200, { act: 'say', ...greetingOf(world, call) })
    }
    if (patience === undefined) return
    const random = world.randomFor(`call/${call.sid}/patience`)
    planAct(world, call, drawDelay(patience, random), { act: 'hang-up' })
  }

  #detect(world: World, call: CallRecord): void {
    const { detection } = call.settings
    if (detection === null) return
    const { answeredBy, afterMs } = findingOf(world, call, detection)
    call.answeredBy = answeredBy
    call.dateUpdated = world.now()
    const { sid, to, from } = call
    note(world, call, 'detected', `is answered by: ${answeredBy}`)
    world.journal.append({ kind: 'call.detected', sid, to, from, answered_by: answeredBy })
    if (!detection.isAsync) {
      this.#begin(world, call)
      return
    }
    if (detection.statusCallback === null) return
    this.#tellOf(world, call, {
      url: detection.statusCallback,
      method: detection.statusCallbackMethod,
      status: answeredBy,
      parameters: [
        ['AccountSid', world.accountSid],
        ['AnsweredBy', answeredBy],
        ['CallSid', sid],
        ['MachineDetectionDuration', String(afterMs)]
      ]
    })
  }

  #end(world: World, call: CallRecord, event: CallEvent, sipCode: number): void {
    call.sipCode = sipCode
    call.endTime = world.now()
    call.startTime ??= call.status === 'queued' ? null : world.now()
    this.#move(world, call, event)
    note(world, call, 'ended', `is over: ${call.status}`)
    this.#interpreter.leave(world, call, 'hung-up')
    world.cookieJars.delete(call.sid)
    this.#endBridge(world, call)
    const recording = this.#endRecording(world, call)
    for (const listener of this.#endings) listener(world, call)
    this.#tell(world, call, 'completed', recording)
    const parent = world.calls.find(call.parentCallSid ?? '')
    if (parent !== undefined && !call.isOnItsOwn) this.#interpreter.legOver(world, parent, call)
  }

  #endBridge(world: World, call: CallRecord): void {
    const other = world.calls.find(call.bridgedWith ?? '')
    call.bridgedWith = null
    if (other?.bridgedWith === call.sid) other.bridgedWith = null
  }

  #endRecording(world: World, call: CallRecord): FormParameter[] {
    const { recordingSid: sid, answeredAt, endTime } = call
    if (sid === null || answeredAt === null || endTime === null) return []
    call.recordingSid = null
    const ms = endTime - answeredAt
    const end = { ms, isSilent: false, transcribe: null }
    const { url, seconds } = this.#studio.recorder.end(world, sid, end)
    return [
      ['RecordingDuration', String(seconds)],
      ['RecordingSid', sid],
      ['RecordingUrl', url]
    ]
  }

  #move(world: World, call: CallRecord, event: CallEvent): void {
    const { status: was, sid, to, from } = call
    moveCall(call, event, world.now())
    world.journal.append({ kind: 'call.status', sid, to, from, was, status: call.status })
  }

  #tell(
    world: World,
    call: CallRecord,
    event: CallProgressEvent,
    more: readonly FormParameter[] = []
  ): void {
    const { statusCallback, statusCallbackEvents } = call.settings
    if (statusCallback === null || !statusCallbackEvents.includes(event)) return
    this.#callbacks.tellOf(world, callCallback(world, call, event, statusCallback, more))
  }

  /** Something else than progress; with all that is said of a call, unless it says all by itself. */
  #tellOf(world: World, call: CallRecord, { parameters, ...callback }: Callback): void {
    const { sid, to, from, requestId } = call
    const isWhole = parameters.some(([name]) => name === 'CallSid')
    this.#callbacks.tellOf(world, {
      ...callback,
      sid,
      to,
      from,
      requestId,
      isForged: false,
      url: absolute(call, callback.url) ?? callback.url,
      parameters: isWhole ? parameters : [...callParameters(world, call), ...parameters]
    })
  }

  #await(world: World, call: CallRecord, ms: number, step: string): void {
    world.plan(ms, { kind: callStep, sid: call.sid, step, turn: ++call.turn })
  }

  #draw(world: World, call: CallRecord, what: string, least: number, most: number): number {
    return world.randomFor(`call/${call.sid}/${what}`).between(least, most)
  }
}

function isRingingThere(call: CallRecord): boolean {
  return call.direction !== 'inbound' && call.status === 'ringing' && call.hasRung
}

/** An address in a document counts from where the document lies. */
function absolute({ script }: CallRecord, url: string | null): string | null {
  if (url === null) return null
  return URL.parse(url, script?.documentUrl)?.href ?? url
}

/** The address of the voice application counts before the number's own. */
function inboundSettings(world: World, number: NumberRecord): CallSettings {
  const application = world.applications.get(number.voiceApplicationSid ?? '')
  const { voiceUrl, voiceMethod, voiceFallbackUrl, voiceFallbackMethod } = application ?? number
  const { statusCallback, statusCallbackMethod } = application ?? number
  return {
    ...plainSettings,
    url: voiceUrl || null,
    method: voiceMethod,
    fallbackUrl: voiceFallbackUrl || null,
    fallbackMethod: voiceFallbackMethod,
    statusCallback: statusCallback || null,
    statusCallbackMethod
  }
}
