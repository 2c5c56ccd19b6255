import type { Storage } from '../../platform/storage.ts'
import type { News } from '../client-events/emit-events.ts'
import { type CallRow, presentCall } from './call-row.ts'

/** Tells of a direct call as it is now; the legs of a conference are told of with their conference. */
export async function callNews(
  storage: Storage,
  row: CallRow,
  occurrence: string
): Promise<News[]> {
  if (row.conference_call_id !== null) return []
  return [
    {
      type: 'direct_calls.call.status_update',
      bearerId: row.bearer_id,
      resourceId: row.uuid,
      occurrence,
      callbackUrl: row.callback_url ?? row.conversation_callback_url,
      fields: await presentCall(storage, row)
    }
  ]
}
