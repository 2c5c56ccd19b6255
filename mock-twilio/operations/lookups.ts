import type { Operation } from '../operation.ts'
import { createOverride } from './lookups/create-override.ts'
import { deleteOverride } from './lookups/delete-override.ts'
import { fetchLookup } from './lookups/fetch-lookup.ts'
import { fetchOverride } from './lookups/fetch-override.ts'
import { queryLookups } from './lookups/query-lookups.ts'
import { updateOverride } from './lookups/update-override.ts'

export const lookupOperations: readonly Operation[] = [
  fetchLookup,
  queryLookups,
  createOverride,
  fetchOverride,
  updateOverride,
  deleteOverride
]
