import type { Operation } from '../operation.ts'
import { createAccount } from './accounts/create-account.ts'
import { createToken } from './accounts/create-token.ts'
import { fetchAccount } from './accounts/fetch-account.ts'
import { fetchBalance } from './accounts/fetch-balance.ts'
import { listAccounts } from './accounts/list-accounts.ts'
import { updateAccount } from './accounts/update-account.ts'

export const accountOperations: readonly Operation[] = [
  fetchAccount,
  listAccounts,
  createAccount,
  updateAccount,
  fetchBalance,
  createToken
]
