import type { ProviderLimits } from '../provider-limits.ts'
import { limitsOf2026 } from './2026.ts'

/** Before queues and validity grew to ten hours, schedules to 35 days, and REVOKE and OPTOUT were words. */
export const limitsOf2024: ProviderLimits = {
  ...limitsOf2026,
  validitySeconds: { usual: 14_400, most: 14_400 },
  scheduling: { leastWaitMs: 900_000, mostWaitMs: 7 * 86_400_000, mostPending: 500_000 },
  queueMs: 14_400_000,
  optOutKeywords: new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT']),
  optOutsSharedSince: null
}
