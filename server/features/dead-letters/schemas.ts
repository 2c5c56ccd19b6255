import { Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from '../../platform/schemas.ts'

export const DeadLetter = Type.Object(
  {
    id: Type.Integer(),
    lane: Type.String({
      description: 'What was to be done with it.',
      examples: ['provider-callbacks']
    }),
    bearer_id: Nullable(Type.Integer({ description: 'Whose work it was; null for nobody’s.' })),
    payload: Type.String({ description: 'What the work was about: an id.' }),
    attempts: Type.Integer(),
    error: Type.String({ description: 'Of the last attempt.' }),
    created_at: Timestamp,
    dead_at: Timestamp
  },
  { $id: 'DeadLetter', title: 'DeadLetter' }
)

export const lane = Type.String({ minLength: 1, maxLength: 100, examples: ['provider-callbacks'] })

/** POST /admin/dead_letters/retry */
export const RetryDeadLetters = Type.Object(
  {
    lane,
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000, description: 'Most to retry.' })
    )
  },
  { title: 'RetryDeadLetters', examples: [{ lane: 'provider-callbacks' }] }
)

export const RetriedDeadLetters = Type.Object(
  { retried: Type.Integer({ description: 'How many are back in their lane.' }) },
  { $id: 'RetriedDeadLetters', title: 'RetriedDeadLetters' }
)
