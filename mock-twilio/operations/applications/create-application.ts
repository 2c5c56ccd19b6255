import type { Operation } from '../../operation.ts'
import { applicationResource, type ApplicationRecord } from '../../resources/application.ts'
import { applySettings } from './application-settings.ts'

export const createApplication: Operation = {
  name: 'create-application',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Applications.json',
  status: 201,
  handle: ({ world, form }) => {
    const now = world.now()
    const application: ApplicationRecord = {
      sid: world.ids.sid('AP'),
      friendlyName: '',
      smsUrl: '',
      smsMethod: 'POST',
      smsFallbackUrl: '',
      smsFallbackMethod: 'POST',
      messageStatusCallback: '',
      voiceUrl: '',
      voiceMethod: 'POST',
      voiceFallbackUrl: '',
      voiceFallbackMethod: 'POST',
      voiceCallerIdLookup: false,
      statusCallback: '',
      statusCallbackMethod: 'POST',
      publicApplicationConnectEnabled: false,
      dateCreated: now,
      dateUpdated: now
    }
    applySettings(application, form)
    world.applications.set(application.sid, application)
    return applicationResource(world, application)
  }
}
