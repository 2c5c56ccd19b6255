import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { accountResource } from '../../resources/account.ts'

/** A subaccount, which is a world of its own with an auth token of its own. */
export const createAccount: Operation = {
  name: 'create-account',
  method: 'POST',
  path: '/api/2010-04-01/Accounts.json',
  status: 201,
  handle: ({ world, form, services }) => {
    const created = new Date(world.now()).toISOString()
    const subaccount = services.store.replace(
      {
        account_sid: world.ids.sid('AC'),
        auth_token: world.ids.secret(),
        friendly_name: text(form, 'FriendlyName') || `SubAccount Created at ${created}`,
        seed: world.seed,
        ...(world.origin.profile === undefined ? {} : { profile: world.origin.profile })
      },
      world.accountSid
    )
    return accountResource(subaccount)
  }
}
