import type { ConferenceRecord } from '../voice/conference-record.ts'
import { statusAfter } from './advance.ts'

/*
 * The life of a conference.
 * https://www.twilio.com/docs/voice/api/conference-resource
 *
 *   init         it has a name and perhaps somebody who waits
 *   in-progress  two are inside, one of whom starts it: they hear each other
 *   completed    everybody has left, or was made to
 *
 * One in which nobody ever met ends as well.
 */

type ConferenceStatus = ConferenceRecord['status']
export type ConferenceEvent = 'started' | 'ended'

export const conferenceStatuses: readonly ConferenceStatus[] = ['init', 'in-progress', 'completed']

const lifecycle: Record<ConferenceStatus, Partial<Record<ConferenceEvent, ConferenceStatus>>> = {
  init: { started: 'in-progress', ended: 'completed' },
  'in-progress': { ended: 'completed' },
  completed: {}
}

/** Nothing else assigns `status`. An event that cannot happen there is our bug, and throws. */
export function moveConference(
  conference: { status: ConferenceStatus; dateUpdated: number },
  event: ConferenceEvent,
  at: number
): void {
  const next = statusAfter(lifecycle, conference.status, event)
  if (next === undefined) throw new Error(`a conference that is ${conference.status} was ${event}`)
  conference.status = next
  conference.dateUpdated = at
}
