import { Type, type Static } from '@sinclair/typebox'

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
} from './plain-types.ts'
import { VoiceVerb } from './voice-verbs.ts'

/*
 * A call, or a leg of one, as plain data. Its shape is said once, for the compiler and for the snapshots that are
 * read again.
 */

export const callEvents = ['initiated', 'ringing', 'answered', 'completed'] as const

const AnsweredBy = Type.Union([
  Type.Literal('human'),
  Type.Literal('machine_start'),
  Type.Literal('machine_end_beep'),
  Type.Literal('machine_end_silence'),
  Type.Literal('machine_end_other'),
  Type.Literal('fax'),
  Type.Literal('unknown')
])

/** What the application asked for: either an address or a document. */
const CallSettings = Type.Object({
  url: nullable(Text),
  twiml: nullable(Text),
  method: Method,
  fallbackUrl: nullable(Text),
  fallbackMethod: Method,
  statusCallback: nullable(Text),
  statusCallbackMethod: Method,
  statusCallbackEvents: Type.Array(CallProgressEvent),
  ringMs: Ms,
  limitMs: Ms,
  sendDigits: Text,
  detection: nullable(MachineDetection),
  recording: nullable(RecordingWish)
})

/** Where a call is in its document. */
const CallScript = Type.Object({
  documentUrl: Type.String({ description: "'' for a document that came with the request" }),
  verbs: Type.Array(VoiceVerb, { description: 'each with how far it has come' }),
  at: Count
})

const HeardPart = Type.Object({
  seq: Type.Integer({
    minimum: 0,
    description: 'its place among everything that handsets send and receive'
  }),
  at: Instant,
  how: Type.Union([Type.Literal('said'), Type.Literal('played'), Type.Literal('spoken')]),
  what: Type.String({ description: 'the words, or the address' })
})

const TranscriptEntry = Type.Object({ at: Instant, step: Text, text: Text })

/** A request for a document, as the Events of a call tell it. */
const CallRequest = Type.Object({
  at: Instant,
  method: Method,
  url: Text,
  parameters: Type.Array(Type.Tuple([Text, Text])),
  status: nullable(Type.Integer()),
  contentType: Text,
  body: Text,
  tookMs: Ms
})

export const CallRecord = Type.Object({
  /** The order of creation within the world. */
  seq: Count,
  sid: Text,
  /** Of the request that created it, if one did. */
  requestId: nullable(Text),
  direction: Type.Union([
    Type.Literal('inbound'),
    Type.Literal('outbound-api'),
    Type.Literal('outbound-dial')
  ]),
  /** The call whose Dial made it. */
  parentCallSid: nullable(Text),
  to: Text,
  from: Text,
  phoneNumberSid: nullable(Text),
  settings: CallSettings,
  /** Beside the usual ones, in every request about it: what a browser's call brings along. */
  parameters: Type.Array(Type.Tuple([Text, Text])),
  status: Type.Union([
    Type.Literal('queued'),
    Type.Literal('ringing'),
    Type.Literal('in-progress'),
    Type.Literal('completed'),
    Type.Literal('busy'),
    Type.Literal('no-answer'),
    Type.Literal('failed'),
    Type.Literal('canceled')
  ]),
  answeredBy: nullable(AnsweredBy),
  dateCreated: Instant,
  dateUpdated: Instant,
  /** When it was dialled. */
  startTime: nullable(Instant),
  answeredAt: nullable(Instant),
  endTime: nullable(Instant),
  queueMs: Ms,
  sipCode: nullable(Type.Integer()),
  /** Whether the phone at the other end has rung. */
  hasRung: Type.Boolean(),
  /** How many callbacks have been told of it. */
  told: Count,
  /** Which step is awaited: a step of an earlier turn is nothing. */
  turn: Count,
  /** Which time limit counts: an earlier one is nothing. */
  limits: Count,
  script: nullable(CallScript),
  /** A leg of a Dial that has got a document of its own, and left the Dial. */
  isOnItsOwn: Type.Boolean(),
  /** The leg that it is connected with. */
  bridgedWith: nullable(Text),
  documents: Count,
  gathers: Count,
  /** How many times the person was listened to, by a Gather or a Record. */
  speeches: Count,
  /** How many reactions of the person's script have happened. */
  reactions: Count,
  recordingSid: nullable(Text),
  heard: Type.Array(HeardPart),
  transcript: Type.Array(TranscriptEntry),
  requests: Type.Array(CallRequest)
})

export type AnsweredBy = Static<typeof AnsweredBy>
export type CallProgressEvent = Static<typeof CallProgressEvent>
export type MachineDetection = Static<typeof MachineDetection>
export type RecordingWish = Static<typeof RecordingWish>
export type CallSettings = Static<typeof CallSettings>
export type CallScript = Static<typeof CallScript>
export type HeardPart = Static<typeof HeardPart>
export type CallRequest = Static<typeof CallRequest>
export type CallRecord = Static<typeof CallRecord>
