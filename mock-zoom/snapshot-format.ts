import { Type, type TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'

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

const strict = { additionalProperties: false }
const Text = Type.String()
const Count = Type.Integer({ minimum: 0 })
const Instant = Type.Number({ minimum: -8_640_000_000_000_000, maximum: 8_640_000_000_000_000 })
const When = Type.Union([Instant, Type.Null()])
const TextOrNull = Type.Union([Text, Type.Null()])
const AccountId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })
const Random = Type.Array(Type.Integer(), { minItems: 4, maxItems: 4 })
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

const Fault = Type.Object({
  id: Text,
  added_at: Type.Number(),
  matched: Count,
  applied: Count,
  effect: Type.Object({ type: Text })
})

const Miss = Type.Object({ because: Text })

/** One more field of a world's state is one more line here: the compiler sees to it. */
const parts = {
  name: AccountId,
  origin: Type.Composite([WorldSeed, Type.Object({ account_id: AccountId })], strict),
  seed: Text,
  now: Instant,
  clockOffsetMs: Type.Number(),
  ids: Random,
  webhookIds: Random,
  requestIds: Random,
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
  faults: Type.Object({
    added: Count,
    rules: Type.Array(Type.Object({ fault: Fault, random: Random, misses: Type.Array(Miss) })),
    explanations: Type.Optional(Type.Array(Type.Tuple([Count, Type.Array(Miss)])))
  }),
  alertLog: Type.Object({
    seq: Count,
    alerts: Type.Array(Type.Object({ seq: Count, at: Text, code: Type.Integer(), message: Text }))
  }),
  agenda: Type.Array(
    Type.Object({ inMs: Type.Number(), plan: Type.Object({ kind: Text }) }, strict)
  ),
  journal: Type.Object({
    seq: Count,
    dropped: Type.Object({ digest: Text, isDigested: Type.Boolean() }),
    entries: Type.Array(Type.Object({ seq: Count, at: Type.Number(), world: Text, kind: Text }))
  })
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

/** The snapshot, or in a sentence why it is none. */
export function whatIsWrong(given: unknown): { snapshot: WorldSnapshot } | { problem: string } {
  if (typeof given !== 'object' || given === null || !('format' in given)) {
    return { problem: `no snapshot: there is no format, which is "${snapshotFormat}"` }
  }
  const { format } = given
  if (format !== snapshotFormat) {
    return {
      problem: `no snapshot of mock-zoom: its format is ${told(format)}, not "${snapshotFormat}"`
    }
  }
  const version = 'version' in given ? given.version : undefined
  if (version !== snapshotVersion) {
    return {
      problem: `a snapshot of version ${told(version)}, and this mock reads ${snapshotVersion}`
    }
  }
  if (isSnapshot(given)) return consistent(given)
  const first = WholeSnapshot.Errors(given).First()
  const where = first === undefined || first.path === '' ? 'it' : first.path
  return { problem: `a damaged snapshot: ${where}: ${first?.message ?? 'is not as saved'}` }
}

function isSnapshot(given: unknown): given is WorldSnapshot {
  return WholeSnapshot.Check(given)
}

function consistent(snapshot: WorldSnapshot): { snapshot: WorldSnapshot } | { problem: string } {
  const { account_id: id, state } = snapshot
  if (state.name === id && state.origin.account_id === id) return { snapshot }
  return { problem: `a damaged snapshot: it is of ${id}, and inside of ${state.name}` }
}

function told(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'missing'
}
