import type { Operation } from '../operation.ts'
import { createParticipant } from './conferences/create-participant.ts'
import { deleteParticipant } from './conferences/delete-participant.ts'
import { fetchConference } from './conferences/fetch-conference.ts'
import { fetchParticipant } from './conferences/fetch-participant.ts'
import { listConferences } from './conferences/list-conferences.ts'
import { listParticipants } from './conferences/list-participants.ts'
import { updateConference } from './conferences/update-conference.ts'
import { updateParticipant } from './conferences/update-participant.ts'

/** A conference is made by who enters it: by Dial, or by the API as a participant. */
export const conferenceOperations: readonly Operation[] = [
  listConferences,
  fetchConference,
  updateConference,
  createParticipant,
  listParticipants,
  fetchParticipant,
  updateParticipant,
  deleteParticipant
]
