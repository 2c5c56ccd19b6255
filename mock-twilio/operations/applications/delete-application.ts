import type { Operation } from '../../operation.ts'
import { findApplication } from './find-application.ts'

/** Numbers that named it are left with addresses of their own. */
export const deleteApplication: Operation = {
  name: 'delete-application',
  method: 'DELETE',
  path: '/api/2010-04-01/Accounts/:AccountSid/Applications/:Sid.json',
  status: 204,
  handle: call => {
    const { world } = call
    const { sid } = findApplication(call)
    world.applications.delete(sid)
    for (const number of world.numbers.values()) {
      if (number.smsApplicationSid === sid) number.smsApplicationSid = null
      if (number.voiceApplicationSid === sid) number.voiceApplicationSid = null
    }
    return undefined
  }
}
