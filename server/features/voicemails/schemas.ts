import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from '../../platform/schemas.ts'
import { Transcription } from '../calls/schemas.ts'

export const Voicemail = Type.Object(
  {
    id: Type.Integer(),
    caller_id: Type.String({ description: 'The number that the caller showed.' }),
    created_at: Timestamp,
    internal_status: Type.String({
      enum: ['received', 'recorded', 'transcripted', 'transcription_failed', 'failed'],
      description:
        'received → recorded (it can be listened to) → transcripted (and read); transcription_failed; failed when nothing was recorded.'
    }),
    participant_number: Type.String({ description: 'Who left it. E.164.' }),
    provider_number: Type.String({ description: 'Our number. E.164.' }),
    provider_status: Nullable(
      Type.String({ description: "The provider's own word for the recording." })
    ),
    updated_at: Timestamp,
    recording_url: Type.String({
      description: 'Good for 24 hours, without a token. Empty while there is no recording.'
    }),
    recording_duration: Nullable(Type.Integer({ description: 'Seconds.' })),
    transcription: Transcription,
    call_uuid: Type.String({ format: 'uuid', description: 'Of the return call.' }),
    client_conversation_id: Nullable(Type.String())
  },
  { $id: 'Voicemail', title: 'Voicemail' }
)
export type Voicemail = Static<typeof Voicemail>
