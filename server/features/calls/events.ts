import { Type } from '@sinclair/typebox'
import type { EventContract } from '../../platform/openapi.ts'
import { Timestamp } from '../../platform/schemas.ts'
import { Call } from './schemas.ts'

export const callEvents: EventContract[] = [
  {
    type: 'direct_calls.call.status_update',
    summary: 'A call from a browser, or a return call, reached another status',
    payload: Type.Object(
      {
        type: Type.Literal('direct_calls.call.status_update'),
        event_id: Type.String({ format: 'uuid', description: 'Equal to the header `webhook-id`.' }),
        occurred_at: Timestamp,
        ...Call.properties
      },
      { title: 'CallStatusUpdateEvent' }
    )
  }
]
