import { oneOf, text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { envelope, pageOf, pageRequest } from '../../paging.ts'
import { accountResource } from '../../resources/account.ts'

/** The account itself and its subaccounts. */
export const listAccounts: Operation = {
  name: 'list-accounts',
  method: 'GET',
  path: '/api/2010-04-01/Accounts.json',
  status: 200,
  isForMainKeys: true,
  handle: ({ world, query, path, services }) => {
    const friendlyName = text(query, 'FriendlyName')
    const status = oneOf(query, 'Status', ['active', 'suspended', 'closed'])
    const accounts = [...services.store.all()].filter(
      account =>
        (account === world || account.ownerSid === world.accountSid) &&
        (friendlyName === undefined || account.friendlyName === friendlyName) &&
        (status === undefined || account.status === status)
    )
    return envelope('accounts', path, query, pageOf(pageRequest(query), accounts), accountResource)
  }
}
