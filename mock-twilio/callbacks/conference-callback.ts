import { rfc2822 } from '../dates.ts'
import type {
  ConferenceRecord,
  ConferenceTopic,
  ParticipantRecord
} from '../voice/conference-record.ts'
import type { World } from '../world.ts'
import type { FormParameter } from './signature.ts'
import type { StatusCallback } from './status-callback.ts'

export const conferenceEvents = [
  'conference-start',
  'conference-end',
  'participant-join',
  'participant-leave',
  'participant-mute',
  'participant-unmute',
  'participant-hold',
  'participant-unhold',
  'participant-modify',
  'participant-speech-start',
  'participant-speech-stop',
  'announcement-end',
  'announcement-fail'
] as const

export type ConferenceCallbackEvent = (typeof conferenceEvents)[number]

/** What can be told of a conference, by the word that subscribes to it. */
export const topicOf: Record<ConferenceCallbackEvent, ConferenceTopic> = {
  'conference-start': 'start',
  'conference-end': 'end',
  'participant-join': 'join',
  'participant-leave': 'leave',
  'participant-mute': 'mute',
  'participant-unmute': 'mute',
  'participant-hold': 'hold',
  'participant-unhold': 'hold',
  'participant-modify': 'modify',
  'participant-speech-start': 'speaker',
  'participant-speech-stop': 'speaker',
  'announcement-end': 'announcement',
  'announcement-fail': 'announcement'
}

/**
 * One callback about a conference. Numbers count from 1, in the order of what happened.
 * https://www.twilio.com/docs/voice/twiml/conference#attributes-statusCallback
 */
export function conferenceCallback(
  world: World,
  conference: ConferenceRecord,
  event: ConferenceCallbackEvent,
  to: { url: string; method: 'GET' | 'POST' },
  about: { participant?: ParticipantRecord | undefined; more?: readonly FormParameter[] }
): StatusCallback {
  const { sid, friendlyName } = conference
  const { participant, more = [] } = about
  const call = participant === undefined ? undefined : world.calls.find(participant.callSid)
  return {
    sid,
    to: call?.to ?? '',
    from: call?.from ?? null,
    status: event,
    url: to.url,
    method: to.method,
    parameters: [
      ['AccountSid', world.accountSid],
      ['ConferenceSid', sid],
      ['FriendlyName', friendlyName],
      ['SequenceNumber', String(++conference.told)],
      ['StatusCallbackEvent', event],
      ['Timestamp', rfc2822(world.now())],
      ...(participant === undefined ? [] : participantParameters(participant)),
      ...more
    ],
    isForged: false,
    requestId: null
  }
}

function participantParameters(participant: ParticipantRecord): FormParameter[] {
  const parameters: FormParameter[] = [
    ['CallSid', participant.callSid],
    ['Coaching', String(participant.callSidToCoach !== null)],
    ['EndConferenceOnExit', String(participant.endConferenceOnExit)],
    ['Hold', String(participant.hold)],
    ['Muted', String(participant.muted)],
    ['StartConferenceOnEnter', String(participant.startConferenceOnEnter)]
  ]
  if (participant.label !== null) parameters.push(['ParticipantLabel', participant.label])
  return parameters
}
