import { Type, type Static, type TSchema } from '@sinclair/typebox'

import { VoiceVerb } from './voice-verbs.ts'

/*
 * A call, or a leg of one, as plain data. Its shape is said once, for the compiler and for the snapshots that are
 * read again.
 */

export const callEvents = ['initiated', 'ringing', 'answered', 'completed'] as const

const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Ms = Type.Number({ minimum: 0, maximum: 8_640_000_000_000_000 })
const Instant = Type.Number({ minimum: -8_640_000_000_000_000, maximum: 8_640_000_000_000_000 })
const Method = Type.Union([Type.Literal('GET'), Type.Literal('POST')])

const AnsweredBy = Type.Union([
  Type.Literal('human'),
  Type.Literal('machine_start'),
  Type.Literal('machine_end_beep'),
  Type.Literal('fax'),
  Type.Literal('unknown')
])

const CallProgressEvent = Type.Union([
  Type.Literal('initiated'),
  Type.Literal('ringing'),
  Type.Literal('answered'),
  Type.Literal('completed')
])

const MachineDetection = Type.Object({
  mode: Type.Union([Type.Literal('Enable'), Type.Literal('DetectMessageEnd')]),
  timeoutMs: Ms,
  isAsync: Type.Boolean({
    description: 'the document is asked for at once, and the finding told to the address below'
  }),
  statusCallback: nullable(Text),
  statusCallbackMethod: Method
})

const CallSettings = Type.Object(
  {
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
    detection: nullable(MachineDetection)
  },
  { description: 'What the application asked for: either an address or a document.' }
)

const CallScript = Type.Object(
  {
    documentUrl: Type.String({ description: "'' for a document that came with the request" }),
    verbs: Type.Array(VoiceVerb),
    at: Count,
    played: Type.Integer({ minimum: 0, description: 'how often the prompt has been played' }),
    prompt: Type.Integer({ minimum: 0, description: 'the prompt within a Gather that is at' }),
    digits: Text
  },
  { description: 'Where a call is in its document.' }
)

const HeardPart = Type.Object({
  seq: Type.Integer({
    minimum: 0,
    description: 'its place among everything that handsets send and receive'
  }),
  at: Instant,
  how: Type.Union([Type.Literal('said'), Type.Literal('played')]),
  what: Type.String({ description: 'the words, or the address' })
})

export const CallRecord = Type.Object({
  seq: Count,
  sid: Text,
  requestId: nullable(Text),
  direction: Type.Union([Type.Literal('inbound'), Type.Literal('outbound-api')]),
  to: Text,
  from: Text,
  phoneNumberSid: nullable(Text),
  settings: CallSettings,
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
  /** How many callbacks have been told of it. */
  told: Count,
  /** Which step is awaited: a step of an earlier turn is nothing. */
  turn: Count,
  script: nullable(CallScript),
  documents: Count,
  gathers: Count,
  heard: Type.Array(HeardPart)
})

export type AnsweredBy = Static<typeof AnsweredBy>
export type CallProgressEvent = Static<typeof CallProgressEvent>
export type MachineDetection = Static<typeof MachineDetection>
export type CallSettings = Static<typeof CallSettings>
export type CallScript = Static<typeof CallScript>
export type HeardPart = Static<typeof HeardPart>
export type CallRecord = Static<typeof CallRecord>

function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}
