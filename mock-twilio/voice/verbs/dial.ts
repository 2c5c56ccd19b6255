import { Type, type Static } from '@sinclair/typebox'

import type { FormParameter } from '../../callbacks/signature.ts'
import { durationSeconds } from '../../resources/call.ts'
import type { World } from '../../world.ts'
import type { CallRecord } from '../call-record.ts'
import { callerIdFor, dialled } from '../caller-id.ts'
import {
  CallProgressEvent,
  Count,
  Instant,
  MachineDetection,
  Method,
  Ms,
  nullable,
  RecordingWish,
  Text
} from '../plain-types.ts'
import type { Stage, VerbHandler } from '../stage.ts'
import { note } from '../transcript.ts'

/*
 * Dial rings up phones and browsers, all at once or one after another, and connects the first that answers with the
 * call; or it takes the call into a conference. When that is over the action is asked, or the next verb follows.
 * https://www.twilio.com/docs/voice/twiml/dial
 */

/** A phone or a browser that is rung up. */
export const Callee = Type.Object({
  noun: Type.Union([Type.Literal('Number'), Type.Literal('Client')]),
  to: Type.String({ description: 'as it was written; a browser is client:…' }),
  url: nullable(Text),
  method: Method,
  sendDigits: Text,
  statusCallback: nullable(Text),
  statusCallbackMethod: Method,
  statusCallbackEvents: Type.Array(CallProgressEvent),
  detection: nullable(MachineDetection),
  parameters: Type.Array(Type.Tuple([Text, Text]))
})

/** A room that the caller enters: see the conferences. Its attributes are read there. */
export const ConferenceNoun = Type.Object({
  noun: Type.Literal('Conference'),
  name: Text,
  attributes: Type.Record(Text, Text)
})

export const Dial = Type.Object({
  verb: Type.Literal('Dial'),
  action: nullable(Text),
  method: Method,
  timeoutMs: Ms,
  timeLimitMs: Ms,
  callerId: nullable(Text),
  hangupOnStar: Type.Boolean(),
  answerOnBridge: Type.Boolean(),
  isSequential: Type.Boolean(),
  recordsFrom: nullable(Type.Union([Type.Literal('answer'), Type.Literal('ringing')])),
  wish: RecordingWish,
  callees: Type.Array(Callee),
  conference: nullable(ConferenceNoun),
  // How far it has come.
  rung: Type.Integer({ minimum: 0, description: 'how many of the callees have been rung up' }),
  legs: Type.Array(Text),
  answered: nullable(Text),
  bridgedAt: nullable(Instant),
  isInRoom: Type.Boolean(),
  recordingSid: nullable(Text),
  recordingFrom: nullable(Instant),
  spoken: Count
})

export type Callee = Static<typeof Callee>
export type ConferenceNoun = Static<typeof ConferenceNoun>
export type Dial = Static<typeof Dial>

export const dial: VerbHandler<Dial> = {
  begin: (stage, world, call, verb) => {
    if (verb.conference !== null) enterRoom(stage, world, call, verb, verb.conference)
    else {
      if (verb.recordsFrom === 'ringing') startRecording(stage, world, call, verb)
      ringOn(stage, world, call, verb)
    }
  },
  step: (stage, world, call, verb, step) => {
    if (step === 'nobody') over(stage, world, call, verb)
    else if (step === 'time-limit') {
      note(world, call, 'dial', 'the Dial has lasted as long as it may')
      cutOff(stage, world, call, verb, 'time-limit')
    }
  },
  pressed: (stage, world, call, verb, key) => {
    if (key !== '*' || !verb.hangupOnStar) return false
    cutOff(stage, world, call, verb, 'star')
    return true
  },
  spoken: (_stage, _world, _call, verb) => {
    verb.spoken++
    return verb.bridgedAt !== null || verb.isInRoom
  },
  legAnswered: (stage, world, call, verb, leg) => {
    if (verb.answered !== null) {
      stage.dropLeg(world, leg.sid)
      return
    }
    verb.answered = leg.sid
    for (const sid of verb.legs) if (sid !== leg.sid) stage.dropLeg(world, sid)
  },
  legReady: (stage, world, call, verb, leg) => {
    if (verb.answered === leg.sid) bridge(stage, world, call, verb, leg)
  },
  legOver: (stage, world, call, verb, leg) => {
    if (!verb.legs.includes(leg.sid)) return
    if (verb.answered === leg.sid) over(stage, world, call, verb, leg)
    else if (verb.answered === null && verb.legs.every(sid => isGone(world, sid))) {
      ringOn(stage, world, call, verb)
    }
  },
  leave: (stage, world, call, verb, why) => {
    const parameters = letGo(stage, world, call, verb, why)
    const { action: url, method } = verb
    if (why === 'hung-up' && url !== null) {
      stage.report(world, call, { url, method, more: parameters })
    }
  }
}

/** The conference, or whoever holds it, lets the call go. */
export function leftRoom(stage: Stage, world: World, call: CallRecord, verb: Dial): void {
  if (!verb.isInRoom) return
  verb.isInRoom = false
  goOn(stage, world, call, verb, [['DialCallStatus', 'answered']])
}

function enterRoom(
  stage: Stage,
  world: World,
  call: CallRecord,
  verb: Dial,
  conference: ConferenceNoun
): void {
  note(world, call, 'conference', `enters the conference "${conference.name}"`)
  const { documentUrl = '' } = call.script ?? {}
  // It may be let go again while it enters.
  verb.isInRoom = true
  if (stage.rooms.enter(world, call, { ...conference, documentUrl })) {
    if (verb.isInRoom) stage.await(world, call, verb.timeLimitMs, 'time-limit')
    return
  }
  verb.isInRoom = false
  goOn(stage, world, call, verb, [['DialCallStatus', 'failed']])
}

/** The callees whose turn it is; when there are none left, the Dial is over. */
function ringOn(stage: Stage, world: World, call: CallRecord, verb: Dial): void {
  while (verb.rung < verb.callees.length) {
    const isRinging = ringUp(stage, world, call, verb, verb.callees[verb.rung++])
    if (isRinging && verb.isSequential) return
  }
  // What comes next comes in a moment: the caller may have been told wrong numbers alone.
  if (verb.legs.every(sid => isGone(world, sid))) stage.await(world, call, 0, 'nobody')
}

function ringUp(
  stage: Stage,
  world: World,
  call: CallRecord,
  verb: Dial,
  callee: Callee | undefined
): boolean {
  if (callee === undefined) return false
  const to = dialled(callee)
  const from = callerIdFor(world, call, verb.callerId, callee)
  for (const party of [to, from]) {
    if (!('code' in party)) continue
    note(world, call, 'dial', `cannot dial ${callee.to}: ${party.code}`)
    stage.alert(world, call, party.code, party.message, 'warning')
    return false
  }
  if ('code' in to || 'code' in from) return false
  note(world, call, 'dial', `dials ${to.party}`)
  const phoneNumberSid = world.numbersByPhone.get(from.party)?.sid ?? null
  const leg = stage.ring(world, call, {
    callee,
    from: from.party,
    to: to.party,
    phoneNumberSid,
    ringMs: verb.timeoutMs
  })
  verb.legs.push(leg.sid)
  return true
}

function isGone(world: World, sid: string): boolean {
  const leg = world.calls.find(sid)
  return leg === undefined || leg.endTime !== null
}

function bridge(stage: Stage, world: World, call: CallRecord, verb: Dial, leg: CallRecord): void {
  if (call.status === 'ringing') stage.answer(world, call)
  verb.bridgedAt = world.now()
  call.bridgedWith = leg.sid
  leg.bridgedWith = call.sid
  note(world, call, 'bridge', `is connected with ${leg.to}`)
  note(
    world,
    leg,
    'bridge',
    `is connected with ${call.direction === 'inbound' ? call.from : call.to}`
  )
  world.journal.append({ kind: 'call.bridged', sid: call.sid, leg: leg.sid, to: leg.to })
  if (verb.recordsFrom === 'answer') startRecording(stage, world, call, verb)
  stage.await(world, call, verb.timeLimitMs, 'time-limit')
}

function startRecording(stage: Stage, world: World, call: CallRecord, verb: Dial): void {
  verb.recordingFrom = world.now()
  verb.recordingSid = stage.recorder.start(world, { ...verb.wish, call, source: 'DialVerb' })
}

/** The Dial ends, and the call goes on. */
function cutOff(
  stage: Stage,
  world: World,
  call: CallRecord,
  verb: Dial,
  why: 'star' | 'time-limit'
): void {
  if (verb.isInRoom) {
    verb.isInRoom = false
    stage.rooms.leave(world, call, why)
    goOn(stage, world, call, verb, [['DialCallStatus', 'answered']])
    return
  }
  const leg = world.calls.find(verb.answered ?? '')
  for (const sid of verb.legs.splice(0)) stage.dropLeg(world, sid)
  over(stage, world, call, verb, leg)
}

/** `leg` is the one that was answered. */
function over(stage: Stage, world: World, call: CallRecord, verb: Dial, leg?: CallRecord): void {
  goOn(stage, world, call, verb, outcome(stage, world, call, verb, leg))
}

function goOn(
  stage: Stage,
  world: World,
  call: CallRecord,
  { action, method }: Dial,
  more: readonly FormParameter[]
): void {
  stage.stopWaiting(call)
  const [, status] = more.find(([name]) => name === 'DialCallStatus') ?? []
  note(world, call, 'dialled', `the Dial is over: ${status}`)
  if (action === null) stage.next(world, call)
  else stage.ask(world, call, { url: action, method, more })
}

/** What the action is told. */
function outcome(
  stage: Stage,
  world: World,
  call: CallRecord,
  verb: Dial,
  answered?: CallRecord
): FormParameter[] {
  const legs = verb.legs.flatMap(sid => world.calls.find(sid) ?? [])
  const leg = answered ?? legs.at(-1)
  const parameters: FormParameter[] = [
    ['DialBridged', String(verb.bridgedAt !== null)],
    ['DialCallStatus', answered === undefined ? failureOf(legs) : 'completed']
  ]
  if (leg !== undefined) parameters.push(['DialCallSid', leg.sid])
  if (answered !== undefined) {
    const seconds = durationSeconds({ ...answered, endTime: answered.endTime ?? world.now() })
    parameters.push(['DialCallDuration', String(seconds)])
  }
  for (const each of [call, answered]) if (each !== undefined) each.bridgedWith = null
  return [...parameters, ...endRecording(stage, world, verb)]
}

function endRecording(stage: Stage, world: World, verb: Dial): FormParameter[] {
  const { recordingSid: sid, recordingFrom, spoken } = verb
  if (sid === null) return []
  verb.recordingSid = null
  const ms = world.now() - (recordingFrom ?? world.now())
  const isSilent = verb.bridgedAt === null && spoken === 0
  const { url, seconds } = stage.recorder.end(world, sid, { ms, isSilent, transcribe: null })
  return [
    ['RecordingDuration', String(seconds)],
    ['RecordingSid', sid],
    ['RecordingUrl', url]
  ]
}

/** Of several that nobody answered, what says most. Our choice: the documentation does not say. */
function failureOf(legs: readonly CallRecord[]): string {
  const statuses = legs.map(({ status }) => status)
  return (
    (['busy', 'no-answer', 'canceled'] as const).find(status => statuses.includes(status)) ??
    'failed'
  )
}

/** The call is over, or goes elsewhere: nobody is left behind. */
function letGo(
  stage: Stage,
  world: World,
  call: CallRecord,
  verb: Dial,
  why: 'hung-up' | 'redirected'
): FormParameter[] {
  if (verb.isInRoom) {
    verb.isInRoom = false
    stage.rooms.leave(world, call, why)
    return [['DialCallStatus', 'answered']]
  }
  const leg = world.calls.find(verb.answered ?? '')
  const legs = verb.legs.splice(0)
  for (const sid of legs) stage.dropLeg(world, sid)
  const parameters = outcome(stage, world, call, { ...verb, legs }, leg)
  verb.recordingSid = null
  return parameters
}
