import { oneOf, text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { accountResource } from '../../resources/account.ts'

export const updateAccount: Operation = {
  name: 'update-account',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid.json',
  status: 200,
  handle: ({ world, form }) => {
    world.friendlyName = text(form, 'FriendlyName') || world.friendlyName
    world.status = oneOf(form, 'Status', ['active', 'suspended', 'closed']) ?? world.status
    world.dateUpdated = world.now()
    return accountResource(world)
  }
}
