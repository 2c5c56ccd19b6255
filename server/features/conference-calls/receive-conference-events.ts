import { sql } from 'kysely'
import type { Transaction } from '../../platform/database.ts'
import { isUuid } from '../../platform/ids.ts'
import { storable } from '../../platform/storable.ts'
import type { CallRow } from '../calls/call-row.ts'
import type {
  CallbackDeps,
  Outcomes,
  StoredCallback
} from '../provider-callbacks/process-callbacks.ts'
import { type Conference, findConferences } from './conference-row.ts'
import { keepConference } from './keep-conference.ts'
import { publishConferences } from './lanes.ts'

/** What the provider tells of a conference: https://www.twilio.com/docs/voice/twiml/conference#statuscallbackevent */
export interface ConferenceEvent {
  conferenceUuid: string
  conferenceSid: string
  event: string
  callSid: string
  /** Our id of the leg. */
  label: string
  /** How far the leg had come that left. */
  legStatus: string
}

/** Notes who joined and left conferences, and that they began and ended. */
export async function receiveConferenceEvents(
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[]
): Promise<Outcomes> {
  const { database, queue } = deps
  const now = deps.clock.now()
  const events = callbacks.map(readEvent)
  const uuids = [...new Set(events.map(event => event.conferenceUuid))].filter(isUuid)
  const conferences =
    uuids.length === 0
      ? []
      : await findConferences(
          database,
          tx.sql,
          sql`f.uuid in (select r.uuid from ${database.rows(
            uuids.map(uuid => ({ uuid })),
            { uuid: 'uuid' }
          )})`,
          { lock: true }
        )
  const byUuid = new Map(conferences.map(conference => [conference.row.uuid, conference]))
  const changed = new Set<Conference>()
  const outcomes = events.map(event => {
    const conference = byUuid.get(event.conferenceUuid)
    if (conference === undefined) return 'unmatched'
    if (!takeConferenceEvent(conference, event, now)) return 'unchanged'
    changed.add(conference)
    return 'moved'
  })
  for (const conference of changed) await keepConference(deps, tx, conference, new Set(), now)
  await publishConferences(
    queue,
    tx,
    [...changed].map(({ row }) => ({ ...row, dueAt: now }))
  )
  return new Map(callbacks.map(({ id }, place) => [id, outcomes[place] ?? 'unmatched']))
}

function readEvent({ form, query }: StoredCallback): ConferenceEvent {
  const field = (name: string): string => storable(form.get(name) ?? '')
  return {
    conferenceUuid: (query.get('conference_uuid') ?? field('FriendlyName')).toLowerCase(),
    conferenceSid: field('ConferenceSid'),
    event: field('StatusCallbackEvent'),
    callSid: field('CallSid'),
    label: field('ParticipantLabel').toLowerCase(),
    legStatus: field('ParticipantCallStatus')
  }
}

/** Applies an event; false when it says nothing new. */
export function takeConferenceEvent(
  conference: Conference,
  event: ConferenceEvent,
  now: number
): boolean {
  const { row } = conference
  const leg = legOf(conference, event)
  if (event.conferenceSid !== '' && row.conference_sid !== event.conferenceSid) {
    // Of two of one name, the one that the moderator is in is meant.
    const isBetter = event.event === 'participant-join' && leg?.kind === 'moderator'
    if (row.conference_sid !== null && !isBetter) return false
    row.conference_sid = event.conferenceSid
    row.provider_status = 'init'
  }
  const knownStatus = row.provider_status
  switch (event.event) {
    case 'participant-join':
      return leg !== undefined && join(leg, event, now)
    case 'participant-leave': {
      if (leg === undefined || leg.left_at !== null) return false
      // Who never picked up was never there: https://www.twilio.com/docs/voice/twiml/conference#statuscallbackevent
      if (!wasThere.has(event.legStatus)) return false
      join(leg, event, now)
      leg.left_at = now
      return true
    }
    case 'conference-start':
      if (knownStatus === 'completed' || knownStatus === 'in-progress') return false
      row.provider_status = 'in-progress'
      return true
    case 'conference-end':
      row.provider_status = 'completed'
      return knownStatus !== 'completed'
    default:
      return false
  }
}

/** Of legs that were answered; '' where the provider does not say. */
const wasThere = new Set(['', 'in-progress', 'completed'])

function join(leg: CallRow, { callSid }: ConferenceEvent, now: number): boolean {
  if (leg.joined_at !== null) return false
  leg.joined_at = now
  leg.heard_at = now
  leg.call_sid ??= callSid === '' ? null : callSid
  return true
}

function legOf(
  { moderator, participants }: Conference,
  { callSid, label }: ConferenceEvent
): CallRow | undefined {
  const legs = [moderator, ...participants]
  return legs.find(leg => leg.uuid === label) ?? legs.find(leg => leg.call_sid === callSid)
}
