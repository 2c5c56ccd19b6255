import { limitsOf2024 } from './profiles/2024.ts'
import { limitsOf2026 } from './profiles/2026.ts'
import type { SenderType } from './sender-type.ts'

/** What the provider allowed in a given year. A world lives in one of them, by `provider_year`. */
export interface ProviderLimits {
  readonly mostBodyCharacters: number
  readonly mostMedia: number
  /** ValidityPeriod: what it is when nobody says, and the most that may be said. */
  readonly validitySeconds: { readonly usual: number; readonly most: number }
  /** SendAt lies more than `leastWaitMs` and at most `mostWaitMs` ahead. */
  readonly scheduling: {
    readonly leastWaitMs: number
    readonly mostWaitMs: number
    readonly mostPending: number
  }
  /** As much as a sender works off in this time may wait for it. */
  readonly queueMs: number
  readonly segmentsPerSecond: Readonly<Record<SenderType, number>>
  readonly mediaPerSecond: Readonly<Record<SenderType, number>>
  /** Of all senders of an account together. */
  readonly accountMediaPerSecond: number
  readonly accountMessagesPerSecond: number
  /** The words by which a person opts out. */
  readonly optOutKeywords: ReadonlySet<string>
  /** From when on an opt-out counts for SMS, MMS and RCS alike; never, when null. */
  readonly optOutsSharedSince: number | null
}

export type ProviderYear = 2024 | 2026

export function providerLimits(year: ProviderYear): ProviderLimits {
  return year === 2024 ? limitsOf2024 : limitsOf2026
}
