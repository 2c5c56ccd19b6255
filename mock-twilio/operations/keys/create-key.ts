import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { keyResource } from '../../resources/key.ts'

export const createKey: Operation = {
  name: 'create-key',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Keys.json',
  status: 201,
  isForMainKeys: true,
  handle: ({ world, form, services }) => {
    const friendlyName = text(form, 'FriendlyName') ?? ''
    if (friendlyName.length > 64) throw refusal(20002)
    const sid = world.ids.sid('SK')
    const secret = world.ids.secret()
    const key = services.store.addKey(world, { sid, secret, type: 'standard' }, friendlyName)
    return { ...keyResource(key), secret: key.secret }
  }
}
