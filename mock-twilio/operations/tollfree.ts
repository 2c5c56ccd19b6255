import type { Operation } from '../operation.ts'
import { createTollfreeVerification } from './tollfree/create-tollfree-verification.ts'
import { deleteTollfreeVerification } from './tollfree/delete-tollfree-verification.ts'
import { fetchTollfreeVerification } from './tollfree/fetch-tollfree-verification.ts'
import { listTollfreeVerifications } from './tollfree/list-tollfree-verifications.ts'
import { updateTollfreeVerification } from './tollfree/update-tollfree-verification.ts'

export const tollfreeOperations: readonly Operation[] = [
  createTollfreeVerification,
  fetchTollfreeVerification,
  listTollfreeVerifications,
  updateTollfreeVerification,
  deleteTollfreeVerification
]
