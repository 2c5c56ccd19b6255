import type { Operation } from '../../operation.ts'
import { conferenceResource } from '../../resources/conference.ts'
import { findConference } from './find-conference.ts'

export const fetchConference: Operation = {
  name: 'fetch-conference',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:Sid.json',
  status: 200,
  handle: asked => conferenceResource(asked.world, findConference(asked))
}
