import { Type, type Static } from '@sinclair/typebox'

import { Count, Instant, Method, Ms, nullable, Text } from './plain-types.ts'
import { RecordingCallback } from './recording-record.ts'

/*
 * A conference and who is in it as plain data. Their shape is said once, for the compiler and for the snapshots
 * that are read again.
 */

/** The words that subscribe to events: hold stands for participant-hold and participant-unhold. */
export const conferenceTopics = [
  'start',
  'end',
  'join',
  'leave',
  'mute',
  'hold',
  'modify',
  'speaker',
  'announcement'
] as const

const ConferenceTopic = Type.Union([
  Type.Literal('start'),
  Type.Literal('end'),
  Type.Literal('join'),
  Type.Literal('leave'),
  Type.Literal('mute'),
  Type.Literal('hold'),
  Type.Literal('modify'),
  Type.Literal('speaker'),
  Type.Literal('announcement')
])

const AudioVerb = Type.Union(
  [
    Type.Object({ verb: Type.Literal('Say'), text: Text, loop: Count }),
    Type.Object({ verb: Type.Literal('Play'), url: Text, loop: Count }),
    Type.Object({ verb: Type.Literal('Pause'), ms: Ms }),
    Type.Object({ verb: Type.Literal('Redirect'), url: Text, method: Method })
  ],
  {
    description:
      'A loop of 0 is that of a recording without a document: for ever as music, once as an announcement.'
  }
)

const AudioProgram = Type.Object(
  {
    kind: Type.Union([Type.Literal('wait'), Type.Literal('hold'), Type.Literal('announcement')]),
    turn: Type.Integer({
      minimum: 0,
      description: 'which one it is: a step of an earlier one is nothing'
    }),
    url: Type.String({ description: 'as it was asked for first' }),
    documentUrl: Text,
    verbs: Type.Array(AudioVerb),
    at: Count,
    documents: Count
  },
  { description: 'Sound from a document, to one participant or to all.' }
)

const ParticipantSettings = Type.Object({
  label: nullable(Text),
  muted: Type.Boolean(),
  hold: Type.Boolean(),
  callSidToCoach: nullable(
    Type.String({ description: 'a participant whom alone this one is heard by' })
  ),
  startConferenceOnEnter: Type.Boolean(),
  endConferenceOnExit: Type.Boolean(),
  beepsOnEnter: Type.Boolean(),
  beepsOnExit: Type.Boolean(),
  waitUrl: nullable(Type.String({ description: "null is Twilio's own music, and '' silence" })),
  waitMethod: Method
})

const ParticipantRecord = Type.Composite([
  ParticipantSettings,
  Type.Object({
    callSid: Text,
    /** When the call got in; null for one that was called by the API and has not yet. */
    joinedAt: nullable(Instant),
    dateCreated: Instant,
    dateUpdated: Instant,
    program: nullable(AudioProgram)
  })
])

const ConferenceCallback = Type.Object({
  url: Text,
  method: Method,
  topics: Type.Array(ConferenceTopic)
})

const ConferenceSettings = Type.Object(
  {
    callback: nullable(ConferenceCallback),
    region: Text,
    records: Type.Boolean(),
    trims: Type.Boolean(),
    recordingCallback: nullable(RecordingCallback),
    eventUrl: nullable(
      Type.String({
        description: 'where a recording is told in the old way, if it is told in no other'
      })
    )
  },
  {
    description:
      'What the first participant says of the whole conference; what later ones say of it is ignored.'
  }
)

export const ConferenceRecord = Type.Composite([
  ConferenceSettings,
  Type.Object({
    seq: Count,
    sid: Text,
    friendlyName: Text,
    status: Type.Union([
      Type.Literal('init'),
      Type.Literal('in-progress'),
      Type.Literal('completed')
    ]),
    dateCreated: Instant,
    dateUpdated: Instant,
    endReason: nullable(
      Type.Union([
        Type.Literal('conference-ended-via-api'),
        Type.Literal('participant-with-end-conference-on-exit-left'),
        Type.Literal('participant-with-end-conference-on-exit-kicked'),
        Type.Literal('last-participant-kicked'),
        Type.Literal('last-participant-left')
      ])
    ),
    endingCallSid: nullable(Text),
    /** How many callbacks have been told of it. */
    told: Count,
    /** How many programs there were. */
    turns: Count,
    /** Those who are inside, and those who are being called. */
    participants: Type.Array(ParticipantRecord),
    /** What all hear. */
    program: nullable(AudioProgram)
  })
])

export type ConferenceTopic = Static<typeof ConferenceTopic>
export type AudioVerb = Static<typeof AudioVerb>
export type AudioProgram = Static<typeof AudioProgram>
export type ParticipantSettings = Static<typeof ParticipantSettings>
export type ParticipantRecord = Static<typeof ParticipantRecord>
export type ConferenceCallback = Static<typeof ConferenceCallback>
export type ConferenceSettings = Static<typeof ConferenceSettings>
export type ConferenceRecord = Static<typeof ConferenceRecord>
export type ConferenceEndReason = NonNullable<ConferenceRecord['endReason']>
