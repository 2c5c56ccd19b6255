import { Type } from '@sinclair/typebox'
import type { EventContract } from '../../platform/openapi.ts'
import { Nullable, Timestamp } from '../../platform/schemas.ts'
import { AnnouncementMessage } from './schemas.ts'

const envelope = (type: string) => ({
  type: Type.Literal(type),
  event_id: Type.String({ format: 'uuid', description: 'Equal to the header `webhook-id`.' }),
  occurred_at: Timestamp
})

/** The events of the announcements group. */
export const announcementEvents: EventContract[] = [
  {
    type: 'announcements.message.status_update',
    summary: "A recipient's message reached another status",
    payload: Type.Object(
      { ...envelope('announcements.message.status_update'), ...AnnouncementMessage.properties },
      { title: 'AnnouncementStatusUpdateEvent' }
    )
  },
  {
    type: 'announcements.message.opt_out',
    summary: 'Somebody opted out of announcements, or in again',
    payload: Type.Object(
      {
        ...envelope('announcements.message.opt_out'),
        id: Type.Integer(),
        global_customer_id: Nullable(Type.String()),
        recipient_number: Type.String(),
        provider_number: Type.String(),
        client_announcement_id: Nullable(
          Type.String({ description: 'Of the last announcement to this recipient.' })
        ),
        client_message_id: Nullable(Type.String()),
        body: Type.String({ description: 'What they wrote, or the key that they pressed.' }),
        callback_url: Nullable(Type.String()),
        keyword: Type.String({ description: 'The word, in capitals, or the key.' }),
        opted_out: Type.Boolean({ description: 'False when they opted in again.' }),
        created_at: Timestamp
      },
      { title: 'AnnouncementOptOutEvent' }
    )
  }
]
