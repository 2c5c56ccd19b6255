import type { Storage } from '../../platform/storage.ts'
import type { News } from '../client-events/emit-events.ts'
import { type Change, statusUpdateType } from './events.ts'
import { type KnownVideoCall, presentVideoCall } from './read-video-call.ts'

/** Something that a client is told of its call. */
export interface Occurrence {
  change: Change
  /** What makes it the only one of its kind; the change itself when absent. */
  of?: string
}

/** Events about a call, each with the call as it is now. */
export async function videoCallNews(
  storage: Storage,
  known: KnownVideoCall,
  occurrences: readonly Occurrence[],
  now: number
): Promise<News[]> {
  if (occurrences.length === 0) return []
  const { call } = known
  const presented = await presentVideoCall(known, storage, now)
  return occurrences.map(({ change, of }) => ({
    type: statusUpdateType,
    bearerId: call.bearer_id,
    resourceId: call.uuid,
    occurrence: of === undefined ? change : `${change}:${of}`,
    callbackUrl: call.callback_url ?? call.conversation_callback_url,
    fields: { change, ...presented }
  }))
}
