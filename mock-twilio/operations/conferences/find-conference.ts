import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { ConferenceRecord } from '../../voice/conference-record.ts'
import type { ParticipantSpot } from '../../voice/conferences.ts'

export function findConference({ world, params, path }: Call): ConferenceRecord {
  const conference = world.conferences.find(params['ConferenceSid'] ?? params['Sid'] ?? '')
  if (conference === undefined) throw refusal(20404, path)
  return conference
}

/** By the sid of the call, or by the label; who has left is not there any more. */
export function findParticipant(asked: Call): ParticipantSpot {
  const conference = findConference(asked)
  const { CallSid: name } = asked.params
  const participant = conference.participants.find(
    ({ callSid, label }) => callSid === name || (label !== null && label === name)
  )
  if (participant === undefined) throw refusal(20404, asked.path)
  return { conference, participant }
}
