import { type Static, Type } from '@sinclair/typebox'
import { examples } from '../../examples.ts'
import { Nullable, Timestamp } from '../../platform/schemas.ts'
import { StateCode } from './schemas.ts'

/** POST /admin/messaging_services/{uuid}/provision */
export const ProvisionNumbers = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: 100, description: 'How many numbers to buy.' }),
    state_code: Type.Optional(
      Type.Unsafe<string>({
        ...StateCode,
        description: "Where the numbers are to be; the customer's state when absent."
      })
    ),
    announcement_number: Type.Optional(
      Type.Boolean({ description: 'To announce from, and not to chat; false when absent.' })
    )
  },
  { title: 'ProvisionNumbers', examples: [{ count: 1, state_code: 'MS' }] }
)

/** POST /admin/messaging_services/{uuid}/migrate */
export const MigrateNumbers = Type.Object(
  {
    target_uuid: Type.String({ description: 'The messaging service that they go to.' }),
    numbers: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        maxItems: 400,
        description: 'Which to move, E.164; all when absent.'
      })
    )
  },
  {
    title: 'MigrateNumbers',
    examples: [{ target_uuid: examples.targetServiceUuid, numbers: ['+16015550101'] }]
  }
)

export const NumberJob = Type.Object(
  {
    id: Type.Integer(),
    uuid: Type.String({ format: 'uuid' }),
    kind: Type.String({ enum: ['provision', 'migrate'] }),
    messaging_service_uuid: Type.String({ format: 'uuid' }),
    target_uuid: Nullable(Type.String({ description: 'Where the numbers of a migration go.' })),
    state_code: Nullable(Type.String({ description: 'Where numbers are bought.' })),
    announcement_number: Type.Boolean(),
    state: Type.String({
      enum: ['running', 'done', 'failed'],
      description: '`failed` when one of its numbers failed; the others are done all the same.'
    }),
    error: Nullable(Type.String({ description: 'Why it waits or failed.' })),
    numbers: Type.Array(
      Type.Object({
        number: Nullable(Type.String({ description: 'Null until it is bought.' })),
        state: Type.String({ enum: ['waiting', 'done', 'failed'] }),
        error_code: Nullable(Type.String({ description: "The provider's." })),
        error: Nullable(Type.String())
      })
    ),
    created_at: Timestamp,
    finished_at: Nullable(Timestamp)
  },
  { $id: 'NumberJob', title: 'NumberJob' }
)
export type NumberJob = Static<typeof NumberJob>

export const RequestedSynchronization = Type.Object(
  { requested: Type.Integer({ description: 'How many messaging services are synchronised.' }) },
  { $id: 'RequestedSynchronization', title: 'RequestedSynchronization' }
)
