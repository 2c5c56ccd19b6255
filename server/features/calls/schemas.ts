import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from '../../platform/schemas.ts'
import { callStatuses } from './lifecycle.ts'

/** What was said, as text. */
export const Transcription = Type.Object(
  {
    status: Type.Optional(Type.String({ enum: ['completed', 'failed'] })),
    text: Type.Optional(Type.String({ description: 'What was said.' }))
  },
  { description: 'Empty as long as nobody has written down what was said.' }
)

const callProperties = {
  id: Type.Integer(),
  client_conversation_id: Nullable(Type.String()),
  created_at: Timestamp,
  error_code: Nullable(
    Type.String({ description: 'Why it failed: our status, or the code of the provider.' })
  ),
  error_description: Nullable(Type.String({ description: 'The same in words.' })),
  failed_at: Nullable(Timestamp),
  internal_status: Type.String({
    enum: [...callStatuses],
    description:
      'queued → calling → ringing → in_progress → completed; or busy, no_answer, failed, canceled; blocked when the person opted out of calls.'
  }),
  machine_detected: Type.Boolean({
    description: 'A voicemail, a fax or another machine picked up.'
  }),
  participant_number: Type.String({ description: 'Who is called, or calls. E.164.' }),
  provider_number: Type.String({ description: 'Our number. E.164.' }),
  provider_status: Nullable(Type.String({ description: "The provider's own word." })),
  recording_duration: Nullable(Type.Integer({ description: 'Seconds.' })),
  recording_url: Type.String({
    description: 'Good for 12 hours, without a token. Empty while there is no recording.'
  }),
  transcription: Transcription,
  updated_at: Timestamp,
  uuid: Type.String({ format: 'uuid' }),
  kind: Type.String({
    enum: ['moderator', 'participant', 'sdk', 'return'],
    description:
      'The leg of a conference, a call from a browser (sdk), or one to one of our numbers (return).'
  }),
  answered_by: Nullable(
    Type.String({ description: "Who picked up, in the provider's word.", examples: ['human'] })
  ),
  menu_choice: Nullable(
    Type.String({
      enum: ['connect', 'voicemail', 'opt_out'],
      description: 'What the caller of a return call chose.'
    })
  ),
  moderator_id: Nullable(Type.String({ description: 'The staff member whose browser it is.' })),
  client_call_id: Nullable(Type.String({ description: 'Yours, from the voice token.' })),
  global_id: Nullable(Type.String()),
  internal_conversation_id: Nullable(Type.String())
}

const call_sid = Nullable(Type.String({ description: "The provider's id, once it has the call." }))

export const Call = Type.Object({ ...callProperties, call_sid }, { $id: 'Call', title: 'Call' })
export type Call = Static<typeof Call>

/** The moderator's call, as the answer to a new conference call has it. */
export const callPropertiesWithoutSid = callProperties

/** GET /calls/{uuid}/recording_url */
export const RecordingUrl = Type.Object(
  {
    recording_url: Type.String({
      description: 'Good for 12 hours, without a token. Empty when there is no recording.'
    })
  },
  { $id: 'RecordingUrl', title: 'RecordingUrl' }
)
