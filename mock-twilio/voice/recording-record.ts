import { Type, type Static } from '@sinclair/typebox'

import { Count, Instant, Method, Ms, nullable, Text } from './plain-types.ts'

/*
 * Recordings and transcriptions as plain data. Their shape is said once, for the compiler and for the snapshots
 * that are read again.
 */

export const recordingEvents = ['in-progress', 'completed', 'absent', 'failed'] as const

const Channel = Type.Union([Type.Literal(1), Type.Literal(2)])

const RecordingCallbackEvent = Type.Union([
  Type.Literal('in-progress'),
  Type.Literal('completed'),
  Type.Literal('absent'),
  Type.Literal('failed')
])

export const RecordingCallback = Type.Object({
  url: Text,
  method: Method,
  events: Type.Array(RecordingCallbackEvent)
})

const RecordingTrack = Type.Union(
  [Type.Literal('inbound'), Type.Literal('outbound'), Type.Literal('both')],
  { description: 'inbound is what Twilio hears from the phone, outbound what it sends there' }
)

const SpokenPart = Type.Object(
  {
    atMs: Type.Number({ minimum: 0, description: 'from the beginning of the recording' }),
    ms: Ms,
    channel: Channel,
    who: Type.String({ description: 'a number, or application' }),
    words: Text
  },
  {
    description:
      'What somebody said into a recording, beside the tones of the file. Of two channels, 1 is what came from the phone and 2 what was sent there.'
  }
)

export const RecordingRecord = Type.Object({
  seq: Count,
  sid: Text,
  callSid: Type.String({ description: "of a conference's recording: whose entrance began it" }),
  conferenceSid: nullable(Text),
  source: Type.Union([
    Type.Literal('DialVerb'),
    Type.Literal('Conference'),
    Type.Literal('OutboundAPI'),
    Type.Literal('RecordVerb'),
    Type.Literal('StartCallRecordingAPI'),
    Type.Literal('StartConferenceRecordingAPI')
  ]),
  channels: Channel,
  track: RecordingTrack,
  trims: Type.Boolean({ description: 'whether silence at both ends is cut off' }),
  callback: nullable(RecordingCallback),
  /** Of the request that began it, if one did. */
  requestId: nullable(Text),
  status: Type.Union([
    Type.Literal('in-progress'),
    Type.Literal('paused'),
    Type.Literal('stopped'),
    Type.Literal('processing'),
    Type.Literal('completed'),
    Type.Literal('absent'),
    Type.Literal('deleted')
  ]),
  errorCode: nullable(Type.Integer()),
  startTime: Instant,
  dateCreated: Instant,
  dateUpdated: Instant,
  recordedMs: Type.Number({ minimum: 0, description: 'what was recorded until the last pause' }),
  runningSince: nullable(Instant),
  pause: nullable(Type.Union([Type.Literal('skip'), Type.Literal('silence')])),
  /** Asked for by the Record verb. */
  transcribes: nullable(Type.Object({ url: nullable(Text), method: Method })),
  said: Type.Array(SpokenPart)
})

export const TranscriptionRecord = Type.Object({
  seq: Count,
  sid: Text,
  recordingSid: Text,
  callSid: Text,
  callback: nullable(Type.Object({ url: Text, method: Method })),
  durationSeconds: Count,
  status: Type.Union([
    Type.Literal('in-progress'),
    Type.Literal('completed'),
    Type.Literal('failed')
  ]),
  text: nullable(Text),
  dateCreated: Instant,
  dateUpdated: Instant
})

export type RecordingCallbackEvent = Static<typeof RecordingCallbackEvent>
export type RecordingCallback = Static<typeof RecordingCallback>
export type RecordingTrack = Static<typeof RecordingTrack>
export type SpokenPart = Static<typeof SpokenPart>
export type RecordingRecord = Static<typeof RecordingRecord>
export type TranscriptionRecord = Static<typeof TranscriptionRecord>
