import type { Operation } from '../../operation.ts'
import { applicationResource, newApplication } from '../../resources/application.ts'
import { applySettings } from './application-settings.ts'

export const createApplication: Operation = {
  name: 'create-application',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Applications.json',
  status: 201,
  handle: ({ world, form }) => {
    const application = newApplication(world.ids.sid('AP'), world.now())
    applySettings(application, form)
    world.applications.set(application.sid, application)
    return applicationResource(world, application)
  }
}
