import { refusal } from '../../errors.ts'
import { text } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { accountResource } from '../../resources/account.ts'

/** Of an account that has not asked for more. https://www.twilio.com/docs/iam/api/subaccounts */
const mostSubaccounts = 1000

/** A subaccount, which is a world of its own with an auth token of its own. */
export const createAccount: Operation = {
  name: 'create-account',
  method: 'POST',
  path: '/api/2010-04-01/Accounts.json',
  status: 201,
  isForMainKeys: true,
  handle: ({ world, form, services }) => {
    if (world.ownerSid !== world.accountSid) {
      throw refusal(20006, 'a subaccount has no subaccounts of its own')
    }
    const created = new Date(world.now()).toISOString()
    const friendlyName = text(form, 'FriendlyName') || `SubAccount Created at ${created}`
    if (friendlyName.length > 64) throw refusal(20002)
    const { store } = services
    const family = [...store.all()].filter(({ ownerSid }) => ownerSid === world.accountSid)
    // The parent is one of the family.
    if (family.length > mostSubaccounts) throw refusal(21480, mostSubaccounts)
    const { profile, gem_compat: isGemCompatible, callbacks } = world.origin
    const subaccount = store.replace(
      {
        account_sid: world.ids.sid('AC'),
        auth_token: world.ids.secret(),
        friendly_name: friendlyName,
        seed: world.seed,
        ...(profile === undefined ? {} : { profile }),
        ...(isGemCompatible === undefined ? {} : { gem_compat: isGemCompatible }),
        ...(callbacks === undefined ? {} : { callbacks })
      },
      world.accountSid
    )
    return accountResource(subaccount)
  }
}
