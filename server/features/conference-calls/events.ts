import { Type } from '@sinclair/typebox'
import type { EventContract } from '../../platform/openapi.ts'
import { Timestamp } from '../../platform/schemas.ts'
import { ConferenceCall } from './schemas.ts'

export const conferenceCallEvents: EventContract[] = [
  {
    type: 'conference_calls.conference_call.status_update',
    summary: 'A conference call, or one of its legs, changed',
    payload: Type.Object(
      {
        type: Type.Literal('conference_calls.conference_call.status_update'),
        event_id: Type.String({ format: 'uuid', description: 'Equal to the header `webhook-id`.' }),
        occurred_at: Timestamp,
        ...ConferenceCall.properties,
        call_uuid: Type.String({
          format: 'uuid',
          description: "Of the moderator's call, or of the participant's leg that changed."
        })
      },
      { title: 'ConferenceCallStatusUpdateEvent' }
    )
  }
]
