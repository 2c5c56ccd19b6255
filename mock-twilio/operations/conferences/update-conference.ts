import { refusal } from '../../errors.ts'
import { oneOf } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { conferenceResource } from '../../resources/conference.ts'
import { readMethod, readUrl } from '../calls/call-parameters.ts'
import { findConference } from './find-conference.ts'

/** Ends a conference, or plays something to all who are inside. */
export const updateConference: Operation = {
  name: 'update-conference',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences/:Sid.json',
  status: 200,
  handle: asked => {
    const { world, form, services } = asked
    const conference = findConference(asked)
    const status = oneOf(form, 'Status', ['completed'])
    const announceUrl = readUrl(form, 'AnnounceUrl', 21402)
    const announceMethod = readMethod(form, 'AnnounceMethod')
    const asksForSomething = status !== undefined || announceUrl !== null
    if (asksForSomething && conference.status === 'completed') throw refusal(16022, conference.sid)
    if (status !== undefined) services.conferences.end(world, conference)
    else if (announceUrl !== null) {
      const everybody = { conference, participant: null }
      services.conferences.announce(world, everybody, announceUrl, announceMethod)
    }
    return conferenceResource(world, conference)
  }
}
