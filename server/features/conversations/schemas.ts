import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from '../../platform/schemas.ts'

const id = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 255, description }))

const fields = {
  client_conversation_id: id("The client's own id; unique within the application."),
  global_id: id('Unique within the application.'),
  internal_conversation_id: id('Unique within the application.'),
  application_name: id('Scope of the ids; the name of the bearer when absent.'),
  callback_url: Type.Optional(
    Type.String({ maxLength: 2_048, description: 'Where events of this conversation go.' })
  ),
  welcome_message: Type.Optional(
    Type.String({ maxLength: 1_600, description: 'Played to participants of its calls.' })
  ),
  moderator_id: id("The staff member's id, as known to the client."),
  moderator_number: Type.Optional(Type.String({ description: 'E.164.' })),
  provider_number: Type.Optional(
    Type.String({ description: 'One of our numbers, E.164; pairs the participants.' })
  ),
  participants: Type.Optional(
    Type.Array(Type.Union([Type.String(), Type.Object({ participant_number: Type.String() })]), {
      maxItems: 100,
      description:
        'Numbers, E.164, plain or as `{participant_number}`; each is paired with `provider_number`.'
    })
  )
}

const conversation = Type.Object(fields, { minProperties: 1 })

/** POST /conversations */
export const WriteConversation = Type.Object(
  { conversation },
  {
    title: 'WriteConversation',
    examples: [
      {
        conversation: {
          client_conversation_id: 'class-4b',
          global_id: 'district-7/class-4b',
          internal_conversation_id: '4b',
          provider_number: '+16015550100',
          participants: ['+16015550142']
        }
      }
    ]
  }
)

/** PATCH: fields that are absent stay as they are. */
export const UpdateConversation = Type.Object(
  { conversation },
  {
    title: 'UpdateConversation',
    examples: [{ conversation: { welcome_message: 'Welcome to class 4b.' } }]
  }
)
export type WriteConversation = Static<typeof WriteConversation>['conversation']

export const Conversation = Type.Object(
  {
    id: Type.Integer(),
    client_conversation_id: Nullable(Type.String()),
    global_id: Nullable(Type.String()),
    internal_conversation_id: Nullable(Type.String()),
    application_name: Type.String(),
    callback_url: Nullable(Type.String()),
    welcome_message: Nullable(Type.String()),
    moderator_id: Nullable(Type.String()),
    moderator_number: Nullable(Type.String()),
    provider_number: Nullable(Type.String()),
    participants: Type.Array(
      Type.Object({
        participant_number: Type.String(),
        provider_number: Type.String(),
        pairing_deactivated_at: Nullable(Timestamp)
      })
    ),
    created_at: Timestamp,
    updated_at: Timestamp
  },
  { $id: 'Conversation', title: 'Conversation' }
)
export type Conversation = Static<typeof Conversation>
