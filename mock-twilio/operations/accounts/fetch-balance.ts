import type { Operation } from '../../operation.ts'

/** Nothing is billed here: the balance never changes. */
export const fetchBalance: Operation = {
  name: 'fetch-balance',
  method: 'GET',
  path: '/api/2010-04-01/Accounts/:AccountSid/Balance.json',
  status: 200,
  handle: ({ world }) => ({
    account_sid: world.accountSid,
    balance: '100.00',
    currency: 'USD'
  })
}
