import { Type } from '@sinclair/typebox'

/*
 * What the snapshots of all mocks have in common: the shapes of what the simulator itself saves of a world. The
 * records are read as they were written: of each, only what holds the others together is looked at.
 */

export const strict = { additionalProperties: false }
export const Text = Type.String()
export const Count = Type.Integer({ minimum: 0 })
/** Milliseconds of the epoch, as far as there are dates. */
export const Instant = Type.Number({
  minimum: -8_640_000_000_000_000,
  maximum: 8_640_000_000_000_000
})
/** Where a stream of random numbers stands. */
export const RandomState = Type.Array(Type.Integer(), { minItems: 4, maxItems: 4 })

const Fault = Type.Object({
  id: Text,
  added_at: Type.Number(),
  matched: Count,
  applied: Count,
  effect: Type.Object({ type: Text })
})

const Miss = Type.Object({ because: Text })

export const SavedFaults = Type.Object({
  added: Count,
  rules: Type.Array(Type.Object({ fault: Fault, random: RandomState, misses: Type.Array(Miss) })),
  explanations: Type.Optional(Type.Array(Type.Tuple([Count, Type.Array(Miss)])))
})

export const SavedAgenda = Type.Array(
  Type.Object({ inMs: Type.Number(), plan: Type.Object({ kind: Text }) }, strict)
)

export const SavedJournal = Type.Object({
  seq: Count,
  dropped: Type.Object({ digest: Text, isDigested: Type.Boolean() }),
  entries: Type.Array(Type.Object({ seq: Count, at: Type.Number(), world: Text, kind: Text }))
})
