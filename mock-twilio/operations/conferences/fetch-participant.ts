import type { Operation } from '../../operation.ts'
import { participantResource } from '../../resources/conference.ts'
import { findParticipant } from './find-conference.ts'

export const fetchParticipant: Operation = {
  name: 'fetch-participant',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:ConferenceSid/Participants/:CallSid.json',
  status: 200,
  handle: asked => {
    const { conference, participant } = findParticipant(asked)
    return participantResource(asked.world, conference, participant)
  }
}
