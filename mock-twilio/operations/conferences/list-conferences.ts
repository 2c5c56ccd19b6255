import { oneOf, text } from '../../forms.ts'
import { conferenceStatuses } from '../../lifecycles/conference.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageRequest, takePage } from '../../paging.ts'
import { conferenceResource } from '../../resources/conference.ts'
import type { ConferenceRecord } from '../../voice/conference-record.ts'
import { dateFilter } from '../messages/date-filter.ts'

/** Newest first. */
export const listConferences: Operation = {
  name: 'list-conferences',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Conferences.json',
  status: 200,
  handle: ({ world, query, path }) => {
    const name = text(query, 'FriendlyName') || undefined
    const status = oneOf(query, 'Status', conferenceStatuses)
    const createdInTime = dateFilter(query, 'DateCreated')
    const updatedInTime = dateFilter(query, 'DateUpdated')
    const isMeant = (conference: ConferenceRecord): boolean =>
      (name === undefined || conference.friendlyName === name) &&
      (status === undefined || conference.status === status) &&
      createdInTime(conference.dateCreated) &&
      updatedInTime(conference.dateUpdated)
    const page = takePage(
      pageRequest(query),
      before => world.conferences.newestFirst(before).filter(isMeant),
      conference => conference.seq
    )
    return envelope('conferences', path, query, page, conference =>
      conferenceResource(world, conference)
    )
  }
}
