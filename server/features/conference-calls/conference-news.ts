import type { Storage } from '../../platform/storage.ts'
import type { CallRow } from '../calls/call-row.ts'
import type { News } from '../client-events/emit-events.ts'
import { type Conference, presentConference } from './conference-row.ts'

/** Tells of a conference call as it is now. */
export async function conferenceNews(
  storage: Storage,
  conference: Conference,
  occurrence: string,
  leg: CallRow = conference.moderator
): Promise<News> {
  const { row } = conference
  return {
    type: 'conference_calls.conference_call.status_update',
    bearerId: row.bearer_id,
    resourceId: row.uuid,
    occurrence,
    callbackUrl: row.callback_url ?? row.conversation_callback_url,
    fields: { ...(await presentConference(storage, conference)), call_uuid: leg.uuid }
  }
}
