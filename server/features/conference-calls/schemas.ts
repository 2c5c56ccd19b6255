import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from '../../platform/schemas.ts'
import { callPropertiesWithoutSid, Transcription } from '../calls/schemas.ts'

const mostParticipants = 50
const longestWelcome = 1_000

/** POST /conference_calls */
export const CreateConferenceCall = Type.Object(
  {
    twilio_number: Type.String({
      description: 'One of our numbers, E.164: everybody is called from it.',
      examples: ['+16015550100']
    }),
    moderator_number: Type.String({
      description: 'Who is called first, E.164.',
      examples: ['+16015550143']
    }),
    client_conversation_id: Type.String({
      minLength: 1,
      maxLength: 255,
      description: "The conversation by the client's own id; made on first use."
    }),
    participant_numbers: Type.Array(Type.String(), {
      minItems: 1,
      maxItems: mostParticipants,
      description: 'Who is called once a person picked up as moderator, E.164.'
    }),
    welcome_message: Type.Optional(
      Type.String({
        maxLength: longestWelcome,
        description:
          "Read to each participant on joining; the conversation's, or the configured one, when absent."
      })
    ),
    callback_url: Type.Optional(
      Type.String({
        maxLength: 2_048,
        description: 'Where events of this call go; kept by a conversation that had none.'
      })
    ),
    application_name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'Scope of the conversation id; the name of the bearer when absent.'
      })
    )
  },
  {
    title: 'CreateConferenceCall',
    examples: [
      {
        twilio_number: '+16015550100',
        moderator_number: '+16015550143',
        client_conversation_id: 'class-4b',
        participant_numbers: ['+16015550142'],
        welcome_message: 'Your school would like to talk to you.'
      }
    ]
  }
)
export type CreateConferenceCall = Static<typeof CreateConferenceCall>

const ConferenceParticipant = Type.Object({
  call_uuid: Type.String({ format: 'uuid', description: 'Of this leg, for `GET /calls/{uuid}`.' }),
  participant_number: Type.String(),
  internal_status: Type.String({ description: 'As of a call.' }),
  provider_status: Nullable(Type.String()),
  joined_at: Nullable(Timestamp),
  left_at: Nullable(Timestamp),
  error_code: Nullable(Type.String()),
  error_description: Nullable(Type.String())
})

export const ConferenceCall = Type.Object(
  {
    id: Type.Integer(),
    client_conversation_id: Nullable(Type.String()),
    conference_sid: Nullable(
      Type.String({ description: "The provider's id, once the moderator is in." })
    ),
    created_at: Timestamp,
    friendly_name: Type.String({ description: 'Its name at the provider.' }),
    internal_status: Type.String({
      description:
        'queued → calling_moderator → calling_participants → in_progress → ending → completed; or moderator_busy, moderator_no_answer, machine_detected, no_participants, canceled (the moderator left before anybody came), failed.'
    }),
    moderator_number: Type.String(),
    participant_numbers: Type.Array(Type.String()),
    provider_number: Type.String({ description: 'Our number.' }),
    provider_status: Nullable(
      Type.String({ description: "The provider's own word for the conference." })
    ),
    recording_url: Type.String({
      description: 'Good for 12 hours, without a token. Empty while there is no recording.'
    }),
    transcription: Transcription,
    twilio_number: Type.String({ description: 'Our number, under its older name.' }),
    updated_at: Timestamp,
    uuid: Type.String({ format: 'uuid' }),
    welcome_message: Nullable(Type.String({ description: 'Of the request.' })),
    error_code: Nullable(Type.String({ description: 'Why nobody talked.' })),
    error_description: Nullable(Type.String({ description: 'The same in words.' })),
    failed_at: Nullable(Timestamp),
    participants: Type.Array(ConferenceParticipant, { description: 'Their legs, one each.' })
  },
  { $id: 'ConferenceCall', title: 'ConferenceCall' }
)
export type ConferenceCall = Static<typeof ConferenceCall>

/** The answer to a new conference call: the moderator's call, and the conference call in it. */
export const CreatedConferenceCall = Type.Object(
  { ...callPropertiesWithoutSid, conference_call: ConferenceCall },
  { $id: 'CreatedConferenceCall', title: 'CreatedConferenceCall' }
)
export type CreatedConferenceCall = Static<typeof CreatedConferenceCall>
