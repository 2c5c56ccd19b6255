import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { keyResource } from '../../resources/key.ts'
import { findKey } from './find-key.ts'

export const updateKey: Operation = {
  name: 'update-key',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Keys/:Sid.json',
  status: 200,
  isForMainKeys: true,
  handle: call => {
    const key = findKey(call)
    const friendlyName = text(call.form, 'FriendlyName') ?? key.friendlyName
    if (friendlyName.length > 64) throw refusal(20002)
    key.friendlyName = friendlyName
    key.dateUpdated = call.world.now()
    return keyResource(key)
  }
}
