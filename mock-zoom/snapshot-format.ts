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
import { WorldSeed } from './seeds.ts'
import type { WorldState } from './world-state.ts'

/*
 * What a snapshot must look like to be taken up. The records are the world's own and are read as they were
 * written: of each, only what holds the others together is looked at.
 */

export const snapshotFormat = 'mock-zoom/world'
export const snapshotVersion = 1

export interface WorldSnapshot {
  format: typeof snapshotFormat
  version: typeof snapshotVersion
  account_id: string
  /** In the world's own time. */
  saved_at: string
  state: WorldState
}

const When = Type.Union([Instant, Type.Null()])
const TextOrNull = Type.Union([Text, Type.Null()])
const AccountId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })
const Texts = Type.Array(Text)

const User = Type.Object({
  id: Text,
  name: Text,
  key: TextOrNull,
  participantUuid: Text,
  role: Type.Union([Type.Literal('host'), Type.Literal('manager'), Type.Literal('participant')]),
  joinedAt: Instant,
  lostAt: When,
  leftAt: When,
  shares: Type.Array(Type.Object({ content: Text, startedAt: Instant, endedAt: When }))
})

const Session = Type.Object({
  id: Text,
  seq: Count,
  name: Text,
  key: TextOrNull,
  status: Type.Union(
    ['scheduled', 'live', 'ended', 'deleted', 'expired'].map(status => Type.Literal(status))
  ),
  createdAt: Instant,
  startedAt: When,
  endedAt: When,
  users: Type.Array(User),
  removed: Texts,
  company: Count,
  runs: Type.Array(
    Type.Object({
      status: Type.Union(
        ['recording', 'paused', 'stopped', 'completed', 'discarded'].map(status =>
          Type.Literal(status)
        )
      ),
      startedAt: Instant,
      pausedAt: When,
      pausedMs: Type.Number(),
      endedAt: When
    })
  ),
  chat: Type.Array(Type.Object({ at: Instant, name: Text, text: Text })),
  liveStream: Type.Object({ streamUrl: Text, startedAt: When }),
  has: Type.Record(Text, Type.Boolean()),
  issues: Texts,
  streams: Type.Record(
    Text,
    Type.Object({ isConnected: Type.Boolean(), isSending: Type.Boolean() })
  ),
  blocked: Type.Object({ audio: Texts, video: Texts, share: Texts })
})

const File = Type.Object({
  id: Text,
  sessionId: Text,
  group: Text,
  extension: Text,
  size: Count,
  startedAt: Instant,
  endedAt: Instant,
  trashedAt: When
})

const Subscription = Type.Object({
  id: Text,
  url: Text,
  events: Texts,
  secretToken: Text,
  authorization: TextOrNull,
  status: Type.Union(['pending', 'active', 'disabled'].map(status => Type.Literal(status))),
  failures: Count,
  round: Count
})

const Delivery = Type.Object({
  id: Text,
  subscriptionId: Text,
  event: Text,
  sessionId: Text,
  sessionName: Text,
  body: Text,
  createdAt: Instant,
  attempts: Type.Array(
    Type.Object({ at: Instant, requestId: Text, result: Type.Union([Type.Integer(), Type.Null()]) })
  )
})

/** One more field of a world's state is one more line here: the compiler sees to it. */
const parts = {
  name: AccountId,
  origin: Type.Composite([WorldSeed, Type.Object({ account_id: AccountId })], strict),
  seed: Text,
  now: Instant,
  clockOffsetMs: Type.Number(),
  ids: RandomState,
  webhookIds: RandomState,
  requestIds: RandomState,
  sessions: Type.Array(Session),
  files: Type.Array(File),
  subscriptions: Type.Array(Subscription),
  deliveries: Type.Array(Delivery),
  keptBack: Type.Array(Type.Tuple([Text, Texts])),
  streams: Type.Array(Type.Object({ id: Text, name: Text, key: Text, url: Text })),
  locations: Type.Array(Type.Object({ id: Text, name: Text, region: Text, bucket: Text })),
  rates: Type.Array(Type.Tuple([Text, Type.Object({ since: Type.Number(), count: Count })])),
  operationLogs: Type.Array(Type.Object({ at: Instant, category: Text, action: Text })),
  counts: Type.Object({ sessions: Count, users: Count, files: Count, streams: Count }, strict),
  storage: Type.Object({ isOwn: Type.Boolean(), locationId: Text }, strict),
  faults: SavedFaults,
  alertLog: Type.Object({
    seq: Count,
    alerts: Type.Array(Type.Object({ seq: Count, at: Text, code: Type.Integer(), message: Text }))
  }),
  agenda: SavedAgenda,
  journal: SavedJournal
} satisfies Record<keyof WorldState, TSchema>

const WholeSnapshot = TypeCompiler.Compile(
  Type.Object(
    {
      format: Type.Literal(snapshotFormat),
      version: Type.Literal(snapshotVersion),
      account_id: AccountId,
      saved_at: Text,
      state: Type.Object(parts, strict)
    },
    strict
  )
)

/** The snapshot; a refusal that says in a sentence why it is none is thrown. */
export const readSnapshot = createSnapshotReader<WorldSnapshot>({
  mock: 'mock-zoom',
  format: snapshotFormat,
  version: snapshotVersion,
  whole: WholeSnapshot,
  accountOf: snapshot => snapshot.account_id,
  originOf: ({ state }) => state.origin.account_id
})
