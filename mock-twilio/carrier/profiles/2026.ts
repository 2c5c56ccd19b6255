import type { ProviderLimits } from '../provider-limits.ts'

/*
 * https://www.twilio.com/docs/messaging/api/message-resource, https://www.twilio.com/docs/api/errors/21611,
 * https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
 * Not documented, and our choice: toll-free and alphanumeric rates, and media of anything but a long code.
 */
export const limitsOf2026: ProviderLimits = {
  mostBodyCharacters: 1600,
  mostMedia: 10,
  validitySeconds: { usual: 36_000, most: 36_000 },
  scheduling: { leastWaitMs: 300_000, mostWaitMs: 35 * 86_400_000, mostPending: 500_000 },
  queueMs: 36_000_000,
  segmentsPerSecond: { longCode: 1, tollFree: 3, shortCode: 100, alphanumeric: 10 },
  mediaPerSecond: { longCode: 1, tollFree: 3, shortCode: 25, alphanumeric: 1 },
  accountMediaPerSecond: 25,
  accountMessagesPerSecond: 2000,
  optOutKeywords: new Set([
    'STOP',
    'STOPALL',
    'UNSUBSCRIBE',
    'CANCEL',
    'END',
    'QUIT',
    'REVOKE',
    'OPTOUT'
  ]),
  optOutsSharedSince: Date.UTC(2026, 2, 16)
}
