import type { Operation } from '../operation.ts'
import { createKey } from './keys/create-key.ts'
import { deleteKey } from './keys/delete-key.ts'
import { fetchKey } from './keys/fetch-key.ts'
import { listKeys } from './keys/list-keys.ts'
import { updateKey } from './keys/update-key.ts'

export const keyOperations: readonly Operation[] = [
  listKeys,
  createKey,
  fetchKey,
  updateKey,
  deleteKey
]
