import { refusal } from '../../errors.ts'
import { text, type Form } from '../../forms.ts'
import type { Operation } from '../../operation.ts'
import { accountResource, type AccountStatus } from '../../resources/account.ts'
import type { World } from '../../world.ts'

/** A subaccount is suspended and taken up again; once closed it stays so, and its numbers are free. */
export const updateAccount: Operation = {
  name: 'update-account',
  method: 'POST',
  path: '/api/2010-04-01/Accounts/:AccountSid.json',
  status: 200,
  isForMainKeys: true,
  handle: ({ world, form }) => {
    const friendlyName = text(form, 'FriendlyName') || world.friendlyName
    if (friendlyName.length > 64) throw refusal(20002)
    const status = readStatus(form)
    if (status !== undefined && status !== world.status) {
      refuseStatus(world)
      world.status = status
      world.journal.append({ kind: 'account.status', status })
      if (status === 'closed') releaseNumbers(world)
    }
    world.friendlyName = friendlyName
    world.dateUpdated = world.now()
    return accountResource(world)
  }
}

const statuses: readonly AccountStatus[] = ['active', 'suspended', 'closed']

function readStatus(form: Form): AccountStatus | undefined {
  const given = text(form, 'Status')
  if (given === undefined || given === '') return undefined
  const status = statuses.find(known => known === given)
  if (status === undefined) throw refusal(21475, given)
  return status
}

function refuseStatus(world: World): void {
  if (world.ownerSid === world.accountSid) throw refusal(21477)
  if (world.status === 'closed') throw refusal(21479, world.accountSid)
}

function releaseNumbers(world: World): void {
  for (const number of world.numbers.values()) {
    world.removeNumber(number)
    const { sid, phoneNumber } = number
    world.journal.append({ kind: 'number.released', sid, number: phoneNumber })
  }
}
