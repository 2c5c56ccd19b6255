import type { Operation } from '../operation.ts'
import { fetchShortCode } from './short-codes/fetch-short-code.ts'
import { listShortCodes } from './short-codes/list-short-codes.ts'
import { updateShortCode } from './short-codes/update-short-code.ts'

export const shortCodeOperations: readonly Operation[] = [
  listShortCodes,
  fetchShortCode,
  updateShortCode
]
