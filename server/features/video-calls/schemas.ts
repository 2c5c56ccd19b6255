import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from '../../platform/schemas.ts'
import {
  longestSessionKey,
  longestSessionName,
  longestUserKey,
  longestUsername,
  sessionNamePattern
} from '../../providers/zoom/session-token.ts'

const conversationId = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 255, description }))

const Username = Type.String({
  minLength: 1,
  maxLength: longestUsername,
  description: 'As the others see it.',
  examples: ['Ms. Ortega']
})

/** Minutes; the tokens of a call can be used for no longer either. */
const longestCall = 2_880

/** POST /video_calls */
export const CreateVideoCall = Type.Object(
  {
    video_call: Type.Object({
      host_username: Username,
      client_conversation_id: conversationId("The conversation by the client's own id."),
      global_id: conversationId('The conversation by its global id.'),
      internal_conversation_id: conversationId('The conversation by its internal id.'),
      application_name: conversationId(
        'Scope of the conversation ids; the name of the bearer when absent.'
      ),
      session_name: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: longestSessionName,
          pattern: sessionNamePattern,
          description:
            'The topic to join, without regard to case; made when absent. No two calls have one name at a time.'
        })
      ),
      session_key: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: longestSessionKey,
          description: 'By which the call is named from now on; made when absent. Never used twice.'
        })
      ),
      maximum_call_length: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: longestCall,
          description: 'Minutes from the first join, after which the call is ended.',
          examples: [45]
        })
      ),
      recording: Type.Optional(
        Type.Boolean({ description: 'Record it from its start; false when absent.' })
      ),
      callback_url: Type.Optional(
        Type.String({
          maxLength: 2_048,
          description: 'Where events of this call go; kept by a conversation that had none.'
        })
      )
    })
  },
  {
    title: 'CreateVideoCall',
    examples: [
      {
        video_call: {
          client_conversation_id: 'class-4b',
          host_username: 'Ms. Ortega',
          session_key: 'parent-evening-4b',
          maximum_call_length: 45
        }
      }
    ]
  }
)
export type CreateVideoCall = Static<typeof CreateVideoCall>['video_call']

/** POST /video_call_participants */
export const CreateVideoCallParticipant = Type.Object(
  {
    participant: Type.Object({
      username: Username,
      session_key: Type.Optional(
        Type.String({ minLength: 1, maxLength: longestSessionKey, description: 'Of the call.' })
      ),
      shunkan_ido_session_key: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: longestSessionKey,
          description: 'Another name of `session_key`; one of the two is required.'
        })
      ),
      user_key: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: longestUserKey,
          description: "The client's own id of the person; made when absent."
        })
      ),
      is_host: Type.Optional(
        Type.Boolean({
          description: 'The first host to join leads the session, others help; false when absent.'
        })
      )
    })
  },
  {
    title: 'CreateVideoCallParticipant',
    examples: [
      {
        participant: {
          session_key: 'parent-evening-4b',
          username: 'Ana Lima',
          user_key: 'parent-77'
        }
      }
    ]
  }
)
export type CreateVideoCallParticipant = Static<typeof CreateVideoCallParticipant>['participant']

export const VideoCallParticipant = Type.Object(
  {
    id: Type.Integer(),
    bearer_id: Type.Integer(),
    created_at: Timestamp,
    is_host: Type.Boolean(),
    provider_id: Nullable(
      Type.String({ description: "The provider's id of the person's latest stay." })
    ),
    session_name: Type.String(),
    shunkan_ido_session_key: Type.String(),
    shunkan_ido_user_key: Type.String(),
    token_signature: Nullable(
      Type.String({
        description: 'The token to join with. Null in events, and once the call is over.'
      })
    ),
    updated_at: Timestamp,
    username: Type.String(),
    video_call_id: Type.Integer(),
    joined_at: Nullable(Timestamp),
    left_at: Nullable(
      Type.String({ ...Timestamp, description: 'Null while the person is in the call.' })
    )
  },
  { $id: 'VideoCallParticipant', title: 'VideoCallParticipant' }
)
export type VideoCallParticipant = Static<typeof VideoCallParticipant>

const VideoCallRecording = Type.Object(
  {
    id: Type.Integer(),
    provider_id: Type.String({ description: "The provider's id of the file." }),
    file_type: Type.String({ examples: ['MP4', 'M4A', 'TRANSCRIPT'] }),
    recording_type: Nullable(Type.String({ examples: ['shared_screen_with_speaker_view'] })),
    recording_start: Nullable(Timestamp),
    recording_end: Nullable(Timestamp),
    user_key: Nullable(Type.String({ description: 'Of the one person whom the file shows.' })),
    internal_status: Type.String({
      enum: ['pending', 'stored', 'lost'],
      description: '`lost`: deleted at the provider before it could be copied.'
    }),
    file_size: Nullable(Type.Integer({ description: 'Bytes.' })),
    recording_url: Nullable(
      Type.String({ description: 'Signed; good for 24 hours. Null until our copy is stored.' })
    ),
    created_at: Timestamp
  },
  { $id: 'VideoCallRecording', title: 'VideoCallRecording' }
)

const videoCall = {
  id: Type.Integer(),
  bearer_id: Type.Integer(),
  client_conversation_id: Nullable(Type.String()),
  created_at: Timestamp,
  end_time: Nullable(Type.String({ ...Timestamp, description: 'When it was over.' })),
  global_id: Nullable(Type.String()),
  host_token: Nullable(
    Type.String({
      description: "The host's token to join with. Null in events, and once the call is over."
    })
  ),
  host_username: Type.String(),
  internal_conversation_id: Nullable(Type.String()),
  internal_status: Type.String({
    enum: ['created', 'started', 'expired', 'ended'],
    description: 'created → started → ended; or expired, when nobody came.'
  }),
  maximum_call_length: Type.Integer({ description: 'Minutes.' }),
  provider_id: Nullable(
    Type.String({ description: "The provider's id of the latest session under the call's name." })
  ),
  provider_status: Nullable(
    Type.String({ description: "The provider's own word.", examples: ['session.started'] })
  ),
  recording: Type.Boolean({ description: 'Whether it is recorded from its start.' }),
  session_name: Type.String({ description: 'The topic to join.' }),
  shunkan_ido_session_key: Type.String({ description: 'By which the call is named.' }),
  start_time: Nullable(Type.String({ ...Timestamp, description: 'When the first person joined.' })),
  end_at: Nullable(
    Type.String({
      ...Timestamp,
      description: 'When its maximum length is reached; known once it has started.'
    })
  ),
  updated_at: Timestamp
}

/** The answer to its creation. */
export const CreatedVideoCall = Type.Object(videoCall, {
  $id: 'CreatedVideoCall',
  title: 'CreatedVideoCall'
})
export type CreatedVideoCall = Static<typeof CreatedVideoCall>

export const VideoCall = Type.Object(
  {
    ...videoCall,
    video_call_participants: Type.Array(VideoCallParticipant),
    video_call_recordings: Type.Array(VideoCallRecording)
  },
  { $id: 'VideoCall', title: 'VideoCall' }
)
export type VideoCall = Static<typeof VideoCall>
