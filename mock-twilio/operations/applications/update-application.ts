import type { Operation } from '../../operation.ts'
import { applicationResource } from '../../resources/application.ts'
import { applySettings } from './application-settings.ts'
import { findApplication } from './find-application.ts'

export const updateApplication: Operation = {
  name: 'update-application',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Applications/:Sid.json',
  status: 200,
  handle: call => {
    const application = findApplication(call)
    applySettings(application, call.form)
    application.dateUpdated = call.world.now()
    return applicationResource(call.world, application)
  }
}
