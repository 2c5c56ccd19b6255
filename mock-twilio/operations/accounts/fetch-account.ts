import type { Operation } from '../../operation.ts'
import { accountResource } from '../../resources/account.ts'

export const fetchAccount: Operation = {
  name: 'fetch-account',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid.json',
  status: 200,
  isForMainKeys: true,
  handle: ({ world }) => accountResource(world)
}
