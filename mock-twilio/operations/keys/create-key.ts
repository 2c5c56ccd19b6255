import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { keyResource } from '../../resources/key.ts'

export const createKey: Operation = {
  name: 'create-key',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid/Keys.json',
  status: 201,
  handle: ({ world, form, services }) => {
    const friendlyName = text(form, 'FriendlyName') ?? ''
    const key = services.store.addKey(world, world.ids.sid('SK'), world.ids.secret(), friendlyName)
    return { ...keyResource(key), secret: key.secret }
  }
}
