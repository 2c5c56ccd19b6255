import type { Operation } from '../../operation.ts'
import { findParticipant } from './find-conference.ts'

/** Takes somebody out of the conference; the call goes on behind its Dial. */
export const deleteParticipant: Operation = {
  name: 'delete-participant',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:ConferenceSid/Participants/:CallSid.json',
  status: 204,
  handle: asked => {
    asked.services.conferences.kick(asked.world, findParticipant(asked))
    return undefined
  }
}
