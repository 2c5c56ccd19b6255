import { isoTime } from '../../platform/clock.ts'
import type { MessageRow } from '../messages/message-row.ts'
import type { AnnouncementMessage } from './schemas.ts'

/** One recipient's message, in the API and in its events. */
export function presentAnnouncementMessage(row: MessageRow): AnnouncementMessage {
  return {
    id: row.id,
    global_customer_id: row.global_customer_id,
    recipient_number: row.receiver_number,
    provider_number: row.sender_number,
    client_announcement_id: row.client_announcement_id ?? null,
    client_message_id: row.client_message_id,
    body: row.message_body,
    callback_url: row.callback_url,
    message_uuid: row.uuid,
    message_sid: row.message_sid,
    provider_status: row.provider_status,
    internal_status: row.internal_status,
    error_code: row.error_code,
    error_description: row.error_description,
    answered_by: row.answered_by,
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at)
  }
}
