import type { Operation } from '../operation.ts'
import { createCallerId } from './caller-ids/create-caller-id.ts'
import { deleteCallerId } from './caller-ids/delete-caller-id.ts'
import { fetchCallerId } from './caller-ids/fetch-caller-id.ts'
import { listCallerIds } from './caller-ids/list-caller-ids.ts'
import { updateCallerId } from './caller-ids/update-caller-id.ts'

export const callerIdOperations: readonly Operation[] = [
  createCallerId,
  fetchCallerId,
  listCallerIds,
  updateCallerId,
  deleteCallerId
]
