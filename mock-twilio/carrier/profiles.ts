import { noTiming, usualTiming, type Timing } from '../lifecycles/message.ts'
import type { Profile } from '../seeds.ts'

/** How a message ends. `sent` is the carrier that never sends a delivery receipt. */
export interface Outcome {
  status: 'delivered' | 'undelivered' | 'failed' | 'sent'
  errorCode?: number | undefined
}

export interface CarrierProfile {
  timing: Timing
  /** Shares of all messages, drawn from the seed; the rest is delivered. */
  troubles: readonly { share: number; outcome: Outcome }[]
}

export const profiles: Record<Profile, CarrierProfile> = {
  reliable: { timing: usualTiming, troubles: [] },
  instant: { timing: noTiming, troubles: [] },
  rough: {
    timing: { ...usualTiming, dispatch: [100, 5000], receipt: [500, 60_000] },
    troubles: [
      { share: 0.02, outcome: { status: 'undelivered', errorCode: 30003 } },
      { share: 0.01, outcome: { status: 'undelivered', errorCode: 30005 } },
      { share: 0.01, outcome: { status: 'undelivered', errorCode: 30006 } },
      { share: 0.01, outcome: { status: 'undelivered', errorCode: 30007 } },
      { share: 0.005, outcome: { status: 'failed', errorCode: 30410 } },
      { share: 0.01, outcome: { status: 'sent' } }
    ]
  }
}

/** Handsets whose number ends like this cannot be reached, for that reason. */
const tellingSuffixes = new Map(
  [30003, 30005, 30006, 30007, 30008].map(code => [String(code), code] as const)
)

export function outcomeOfNumber(to: string): Outcome | undefined {
  const errorCode = tellingSuffixes.get(to.slice(-5))
  return errorCode === undefined ? undefined : { status: 'undelivered', errorCode }
}

export function outcomeOfProfile(profile: CarrierProfile, fraction: number): Outcome {
  let passed = 0
  for (const { share, outcome } of profile.troubles) {
    passed += share
    if (fraction < passed) return outcome
  }
  return { status: 'delivered' }
}
