import type { Operation } from '../operation.ts'
import { createBulkConsents } from './consents/create-bulk-consents.ts'

export const consentOperations: readonly Operation[] = [createBulkConsents]
