import { Type, type TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'

import {
  Count,
  Instant,
  RandomState,
  SavedAgenda,
  SavedFaults,
  SavedJournal,
  strict,
  Text
} from '../simulator/snapshot-parts.ts'
import { createSnapshotReader } from '../simulator/world-snapshots.ts'
import { Persona } from './carrier/persona.ts'
import { WorldSeed } from './seeds.ts'
import { CallRecord } from './voice/call-record.ts'
import { ConferenceRecord } from './voice/conference-record.ts'
import { RecordingRecord, TranscriptionRecord } from './voice/recording-record.ts'
import type { WorldState } from './world-state.ts'

/*
 * What a snapshot must look like to be taken up. The records are the world's own and are read as they were
 * written: of each, only what holds the others together is looked at.
 */

export const snapshotFormat = 'mock-twilio/world'
export const snapshotVersion = 1

export interface WorldSnapshot {
  format: typeof snapshotFormat
  version: typeof snapshotVersion
  account_sid: string
  /** In the world's own time. */
  saved_at: string
  state: WorldState
}

const IsoTime = Type.String({
  pattern:
    '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,3})?Z$'
})
const Url = Type.Union([Text, Type.Null()])
const AccountSid = Type.String({ pattern: '^AC[0-9a-fA-F]{32}$' })
const hundredYearsMs = 100 * 365 * 86_400_000

const Dated = Type.Object({ sid: Text, dateCreated: Instant, dateUpdated: Instant })
const Named = Type.Object({ friendlyName: Text })
const Reviewed = Type.Composite([Dated, Type.Object({ status: Text })])
const OwnNumber = Type.Composite([
  Dated,
  Named,
  Type.Object({ phoneNumber: Text, smsUrl: Text, smsFallbackUrl: Text })
])

const Service = Type.Composite([
  Dated,
  Named,
  Type.Object({
    inboundRequestUrl: Url,
    fallbackUrl: Url,
    statusCallback: Url,
    pool: Type.Array(Type.Object({ sid: Text, joinedAt: Instant })),
    alphaSenders: Type.Array(Type.Object({ sid: Text, alphaSender: Text, dateCreated: Instant })),
    nextInTurn: Count,
    stickySenders: pairs(Text)
  })
])

const Message = Type.Composite([
  Dated,
  Type.Object({
    seq: Count,
    direction: Text,
    to: Text,
    from: Url,
    body: Text,
    numSegments: Count,
    status: Text,
    statusCallback: Url,
    privacy: Type.Object({ discardsBody: Type.Boolean(), masksAddress: Type.Boolean() }),
    dateSent: Type.Union([Instant, Type.Null()]),
    errorCode: Type.Union([Type.Integer(), Type.Null()]),
    media: Type.Array(
      Type.Object({
        sid: Text,
        contentType: Text,
        dateCreated: Instant,
        source: Type.Union([
          Type.Object({ base64: Text }, strict),
          Type.Object({ url: Text }, strict)
        ])
      })
    )
  })
])

const Callback = Type.Object({
  sid: Text,
  url: Text,
  method: Type.Union([Type.Literal('GET'), Type.Literal('POST')]),
  parameters: Type.Array(Type.Tuple([Text, Text]))
})

const Carrier = Type.Object({
  queues: pairs(
    Type.Object({ sender: Text, segmentsPerSecond: Type.Number(), freeAt: Type.Number() })
  ),
  rates: pairs(Type.Number()),
  campaigns: pairs(Type.Object({ freeAt: Type.Number(), day: Type.Integer() })),
  outages: Type.Array(
    Type.Object({ id: Text, prefix: Text, held: Type.Array(Text), released: Count })
  ),
  outagesSoFar: Count,
  scheduled: Type.Integer(),
  messageFreeAt: Type.Number(),
  mediaFreeAt: Type.Number(),
  callFreeAt: Type.Number()
})

const Bundle = Type.Composite([
  Reviewed,
  Type.Object({
    entities: Type.Array(Type.Object({ sid: Text, objectSid: Text })),
    endpoints: Type.Array(Type.Object({ sid: Text, phoneNumberSid: Text })),
    evaluations: Type.Array(Type.Object({ sid: Text }))
  })
])

const BrandErrors = Type.Array(
  Type.Object({ code: Type.Integer(), description: Text, fields: Type.Array(Text) })
)
const vettings = Type.Array(Reviewed)

const Compliance = Type.Object({
  bundles: pairs(Bundle),
  endUsers: pairs(Dated),
  documents: pairs(Reviewed),
  brands: pairs(Type.Composite([Reviewed, Type.Object({ errors: BrandErrors, vettings })])),
  campaigns: pairs(Reviewed),
  tollfreeVerifications: pairs(Reviewed)
})

const Handset = Type.Object({
  number: Text,
  life: Count,
  persona: Persona,
  carried: Count,
  received: Count,
  sent: Count,
  step: Count,
  answered: Type.Array(Count)
})

/** One more field of a world's state is one more line here: the compiler sees to it. */
const parts = {
  name: AccountSid,
  origin: Type.Composite([WorldSeed, Type.Object({ account_sid: AccountSid })], strict),
  seed: Text,
  ownerSid: AccountSid,
  authToken: Text,
  friendlyName: Text,
  status: Type.Union([Type.Literal('active'), Type.Literal('suspended'), Type.Literal('closed')]),
  dateCreated: Instant,
  dateUpdated: Instant,
  now: Instant,
  clockOffsetMs: Type.Number({ minimum: -hundredYearsMs, maximum: hundredYearsMs }),
  numbers: pairs(OwnNumber),
  shortCodes: pairs(OwnNumber),
  applications: pairs(Type.Composite([Dated, Named])),
  addresses: pairs(Dated),
  callerIds: pairs(Dated),
  keys: pairs(
    Type.Composite([Dated, Type.Object({ secret: Text, permissions: Type.Array(Text) })])
  ),
  lineTypes: pairs(Text),
  lookupOverrides: pairs(Type.Object({ phoneNumber: Text, overriddenAt: Instant })),
  advancedOptOuts: pairs(Type.Object({})),
  providerReplies: pairs(Type.Array(Type.Object({ seq: Count, body: Text, at: Instant }))),
  replyTimes: pairs(Type.Array(Type.Number())),
  cookieJars: pairs(
    Type.Object({
      usedAt: Type.Number(),
      cookies: Type.Array(Type.Object({ name: Text, path: Text }))
    })
  ),
  keptBackCallbacks: pairs(Type.Array(Callback)),
  devices: pairs(
    Type.Object({
      party: Text,
      identity: Text,
      expiresAt: Instant,
      applicationSid: Url,
      parameters: Type.Array(Type.Tuple([Text, Text]))
    })
  ),
  numbersByPhone: pairs(Text),
  services: pairs(Service),
  requestIds: RandomState,
  callbackIds: RandomState,
  alertIds: RandomState,
  ids: RandomState,
  carrier: Carrier,
  compliance: Compliance,
  handsets: Type.Object({ lives: Count, handsets: Type.Array(Handset) }, strict),
  optOuts: Type.Array(
    Type.Object({ handset: Text, sender: Text, at: Instant, keyword: Text }, strict)
  ),
  faults: SavedFaults,
  alertLog: Type.Object({
    seq: Count,
    alerts: Type.Array(
      Type.Object({
        seq: Count,
        at: IsoTime,
        code: Type.Integer(),
        message: Text,
        severity: Type.Union([Type.Literal('error'), Type.Literal('warning')])
      })
    )
  }),
  agenda: SavedAgenda,
  messages: Type.Object(
    { seq: Count, messages: Type.Array(Message), done: Type.Array(Text) },
    strict
  ),
  calls: Type.Object({ seq: Count, calls: Type.Array(CallRecord) }, strict),
  conferences: logOf(ConferenceRecord),
  recordings: logOf(RecordingRecord),
  transcriptions: logOf(TranscriptionRecord),
  journal: SavedJournal
} satisfies Record<keyof WorldState, TSchema>

const WholeSnapshot = TypeCompiler.Compile(
  Type.Object(
    {
      format: Type.Literal(snapshotFormat),
      version: Type.Literal(snapshotVersion),
      account_sid: AccountSid,
      saved_at: Text,
      state: Type.Object(parts, strict)
    },
    strict
  )
)

function logOf<T extends TSchema>(record: T) {
  return Type.Object({ seq: Count, records: Type.Array(record) }, strict)
}

function pairs<T extends TSchema>(value: T) {
  return Type.Array(Type.Tuple([Type.String(), value]))
}

/** The snapshot; a refusal that says in a sentence why it is none is thrown. */
export const readSnapshot = createSnapshotReader<WorldSnapshot>({
  mock: 'mock-twilio',
  format: snapshotFormat,
  version: snapshotVersion,
  whole: WholeSnapshot,
  accountOf: snapshot => snapshot.account_sid,
  originOf: ({ state }) => state.origin.account_sid
})
