import type { Operation } from '../operation.ts'
import { fetchLookup } from './lookups/fetch-lookup.ts'

export const lookupOperations: readonly Operation[] = [fetchLookup]
