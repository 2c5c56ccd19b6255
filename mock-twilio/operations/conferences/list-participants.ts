import { flag } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { participantResource } from '../../resources/conference.ts'
import { findConference } from './find-conference.ts'

/** Those who are inside, and those who are being called. */
export const listParticipants: Operation = {
  name: 'list-participants',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:ConferenceSid/Participants.json',
  status: 200,
  handle: asked => {
    const { world, query, path } = asked
    const conference = findConference(asked)
    const muted = flag(query, 'Muted')
    const hold = flag(query, 'Hold')
    const coaching = flag(query, 'Coaching')
    const meant = conference.participants.filter(
      participant =>
        (muted === undefined || participant.muted === muted) &&
        (hold === undefined || participant.hold === hold) &&
        (coaching === undefined || (participant.callSidToCoach !== null) === coaching)
    )
    const page = pageOf(pageRequest(query), meant)
    return envelope('participants', path, query, page, participant =>
      participantResource(world, conference, participant)
    )
  }
}
