import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { applicationResource } from '../../resources/application.ts'

export const listApplications: Operation = {
  name: 'list-applications',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Applications.json',
  status: 200,
  handle: ({ world, query, path }) => {
    const friendlyName = text(query, 'FriendlyName') || undefined
    const applications = [...world.applications.values()].filter(
      application => friendlyName === undefined || application.friendlyName === friendlyName
    )
    const page = pageOf(pageRequest(query), applications)
    return envelope('applications', path, query, page, application =>
      applicationResource(world, application)
    )
  }
}
