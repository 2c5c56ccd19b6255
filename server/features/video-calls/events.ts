import { Type } from '@sinclair/typebox'
import type { EventContract } from '../../platform/openapi.ts'
import { Timestamp } from '../../platform/schemas.ts'
import { VideoCall } from './schemas.ts'

export const statusUpdateType = 'video_calls.video_call.status_update'

/** What has changed since the event before. */
export const changes = [
  'started',
  'participant_joined',
  'participant_left',
  'ended',
  'expired',
  'recording_stored',
  'recording_lost'
] as const
export type Change = (typeof changes)[number]

/** The events of the video calls group: the call as it was at that moment, without tokens. */
export const videoCallEvents: EventContract[] = [
  {
    type: statusUpdateType,
    summary: 'A video call, somebody in it or a recording of it reached another status',
    payload: Type.Object(
      {
        type: Type.Literal(statusUpdateType),
        event_id: Type.String({ format: 'uuid', description: 'Equal to the header `webhook-id`.' }),
        occurred_at: Timestamp,
        change: Type.String({ enum: [...changes], description: 'What this event tells.' }),
        ...VideoCall.properties
      },
      { title: 'VideoCallStatusUpdateEvent' }
    )
  }
]
