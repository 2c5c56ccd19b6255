import type { FormParameter } from '../callbacks/signature.ts'
import type { World } from '../world.ts'
import type { CallRecord, RecordingWish } from './call-record.ts'
import type { Callee, ConferenceNoun } from './verbs/dial.ts'

/*
 * What a verb is given to do its part, and what it is told. A verb begins, and sooner or later lets the call go on:
 * to the next verb, to another document, or to its end. Until then the call waits at it.
 */

/** A document that is to be asked for. */
export interface Question {
  /** Relative to the document that the call is in. */
  url: string
  method: 'GET' | 'POST'
  more?: readonly FormParameter[]
}

/** Why a call goes away under a verb. */
export type Departure = 'hung-up' | 'redirected'

export interface VerbHandler<V> {
  /** Its turn has come. */
  readonly begin: (stage: Stage, world: World, call: CallRecord, verb: V) => void
  /** What it awaited is due. */
  readonly step?: (stage: Stage, world: World, call: CallRecord, verb: V, step: string) => void
  /** A key was pressed; gives whether it was listened to. */
  readonly pressed?: (stage: Stage, world: World, call: CallRecord, verb: V, key: string) => boolean
  /** The person begins to speak, for so long; gives whether it was listened to. */
  readonly spoken?: (
    stage: Stage,
    world: World,
    call: CallRecord,
    verb: V,
    words: string,
    ms: number
  ) => boolean
  /** The call is over, or gets another document: what the verb holds is let go of. */
  readonly leave?: (stage: Stage, world: World, call: CallRecord, verb: V, why: Departure) => void
  /** A leg that the verb has made is answered, and has heard what it was to hear; or it is over. */
  readonly legReady?: (
    stage: Stage,
    world: World,
    call: CallRecord,
    verb: V,
    leg: CallRecord
  ) => void
  readonly legOver?: (
    stage: Stage,
    world: World,
    call: CallRecord,
    verb: V,
    leg: CallRecord
  ) => void
  readonly legAnswered?: (
    stage: Stage,
    world: World,
    call: CallRecord,
    verb: V,
    leg: CallRecord
  ) => void
}

export interface Stage {
  /** Goes on with the next verb, or to the end. */
  readonly next: (world: World, call: CallRecord) => void
  /** Control passes to another document. */
  readonly ask: (world: World, call: CallRecord, question: Question) => void
  /** Of a call that is over: the application is told all the same, and its answer is nothing. */
  readonly report: (world: World, call: CallRecord, question: Question) => void
  /** The step that the call now waits for, in the place of any other. */
  readonly await: (world: World, call: CallRecord, ms: number, step: string) => void
  /** Nothing that was awaited happens any more. */
  readonly stopWaiting: (call: CallRecord) => void
  readonly answer: (world: World, call: CallRecord) => void
  readonly hangUp: (world: World, call: CallRecord) => void
  readonly reject: (world: World, call: CallRecord, reason: 'rejected' | 'busy') => void
  readonly ring: (world: World, parent: CallRecord, leg: NewLeg) => CallRecord
  /** Of a leg that the call has made: one that rings is canceled, one that talks is over. */
  readonly dropLeg: (world: World, sid: string) => void
  /** A request of its own beside the call's documents: a callback. */
  readonly tell: (world: World, call: CallRecord, callback: Callback) => void
  readonly alert: (
    world: World,
    call: CallRecord,
    code: number,
    message: string,
    severity?: 'warning'
  ) => void
  readonly recorder: Recorder
  readonly rooms: Rooms
}

export interface NewLeg {
  callee: Callee
  from: string
  to: string
  phoneNumberSid: string | null
  ringMs: number
}

export interface Callback {
  url: string
  method: 'GET' | 'POST'
  status: string
  parameters: readonly FormParameter[]
}

/** What keeps recordings: see the resources of that name. */
export interface Recorder {
  /** Gives the sid of the recording, which has begun. */
  readonly start: (world: World, about: RecordingStart) => string
  /** What is said in the call, for whatever of it is being recorded. */
  readonly note: (world: World, call: CallRecord, said: Said) => void
  /** Gives what the application is told of it. */
  readonly end: (
    world: World,
    sid: string,
    end: { ms: number; isSilent: boolean; transcribe: { callback: string | null } | null }
  ) => { url: string; seconds: number }
}

export interface RecordingStart extends RecordingWish {
  call: CallRecord
  source: 'RecordVerb' | 'DialVerb' | 'OutboundAPI'
}

export interface Said {
  words: string
  ms: number
  /** Said by the application, and not by the person. */
  isOfApplication?: true
}

/** Where several calls meet: see the conferences. */
export interface Rooms {
  /**
   * The call enters, and waits there until `Calls.leaveRoom` is called for it. false: it does not enter, and goes on.
   */
  readonly enter: (
    world: World,
    call: CallRecord,
    noun: ConferenceNoun & { documentUrl: string }
  ) => boolean
  /** The call has gone away: it is over, or got another document, or its Dial has lasted long enough. */
  readonly leave: (world: World, call: CallRecord, why: Departure | 'star' | 'time-limit') => void
  /** Somebody in the room speaks. */
  readonly spoken: (world: World, call: CallRecord, said: Said) => void
}
