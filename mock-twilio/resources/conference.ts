import { rfc2822 } from '../dates.ts'
import type { CallRecord } from '../voice/call-record.ts'
import type { ConferenceRecord, ParticipantRecord } from '../voice/conference-record.ts'
import type { World } from '../world.ts'
import { apiVersion } from './api-version.ts'

export function conferenceResource(
  world: World,
  conference: ConferenceRecord
): Record<string, unknown> {
  const uri = conferencePath(world, conference)
  return {
    account_sid: world.accountSid,
    api_version: apiVersion,
    call_sid_ending_conference: conference.endingCallSid,
    date_created: rfc2822(conference.dateCreated),
    date_updated: rfc2822(conference.dateUpdated),
    friendly_name: conference.friendlyName,
    // An enum of Twilio's file that knows no null: it is left out until there is one.
    ...(conference.endReason === null ? {} : { reason_conference_ended: conference.endReason }),
    region: conference.region,
    sid: conference.sid,
    status: conference.status,
    subresource_uris: {
      participants: `${uri}/Participants.json`,
      recordings: `${uri}/Recordings.json`
    },
    uri: `${uri}.json`
  }
}

export function participantResource(
  world: World,
  conference: ConferenceRecord,
  participant: ParticipantRecord
): Record<string, unknown> {
  const { callSid, callSidToCoach } = participant
  return {
    account_sid: world.accountSid,
    call_sid: callSid,
    call_sid_to_coach: callSidToCoach,
    coaching: callSidToCoach !== null,
    conference_sid: conference.sid,
    date_created: rfc2822(participant.dateCreated),
    date_updated: rfc2822(participant.dateUpdated),
    end_conference_on_exit: participant.endConferenceOnExit,
    hold: participant.hold,
    label: participant.label,
    muted: participant.muted,
    queue_time: null,
    start_conference_on_enter: participant.startConferenceOnEnter,
    status: statusOf(world, participant),
    uri: `${conferencePath(world, conference)}/Participants/${callSid}.json`
  }
}

function conferencePath(world: World, { sid }: ConferenceRecord): string {
  return `/${apiVersion}/Accounts/${world.accountSid}/Conferences/${sid}`
}

type ParticipantStatus = 'queued' | 'connecting' | 'ringing' | 'connected' | 'complete' | 'failed'

function statusOf(world: World, { callSid, joinedAt }: ParticipantRecord): ParticipantStatus {
  if (joinedAt !== null) return 'connected'
  const call = world.calls.find(callSid)
  if (call === undefined) return 'failed'
  if (call.status === 'queued' && call.startTime !== null) return 'connecting'
  return statusesOfCalls[call.status]
}

const statusesOfCalls: Record<CallRecord['status'], ParticipantStatus> = {
  queued: 'queued',
  ringing: 'ringing',
  'in-progress': 'connected',
  completed: 'complete',
  busy: 'failed',
  'no-answer': 'failed',
  failed: 'failed',
  canceled: 'failed'
}
