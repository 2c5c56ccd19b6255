import type { News } from '../client-events/emit-events.ts'
import { presentAnnouncementMessage } from '../announcements/present-announcement-message.ts'
import { type MessageRow, presentMessage } from './message-row.ts'

/** The event that tells of a message's new status. None for a message that is nobody's. */
export function statusNews(row: MessageRow): News[] {
  return row.announcement_id === null
    ? messageNews(row, 'messages.message.status_update', row.internal_status)
    : announcementNews(row)
}

function announcementNews(row: MessageRow): News[] {
  if (row.bearer_id === null) return []
  return [
    {
      type: 'announcements.message.status_update',
      bearerId: row.bearer_id,
      resourceId: row.uuid,
      occurrence: row.internal_status,
      callbackUrl: row.callback_url,
      fields: presentAnnouncementMessage(row)
    }
  ]
}

/** An event about a message, with the message as it is now. */
export function messageNews(
  row: MessageRow,
  type: string,
  occurrence: string,
  more: object = {}
): News[] {
  if (row.bearer_id === null) return []
  return [
    {
      type,
      bearerId: row.bearer_id,
      resourceId: row.uuid,
      occurrence,
      callbackUrl: row.callback_url ?? row.conversation_callback_url ?? null,
      fields: { ...presentMessage(row), ...more }
    }
  ]
}
