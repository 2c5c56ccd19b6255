/*
 * What the carriers let a campaign send. AT&T goes by campaign: a class from A to F by use case and score,
 * and T for the small ones. T-Mobile goes by brand: a tier, with a daily number of messages.
 * https://www.twilio.com/docs/messaging/compliance/a2p-10dlc#message-throughput-mps-and-trust-scores
 * The numbers are those that carriers publish to all providers. None is promised, and how Twilio spells the
 * tiers between TOP and LOW is not documented.
 */

export interface Throughput {
  attMessageClass: 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'T'
  /** Segments a second to AT&T. */
  attMps: number
  tmobileTier: 'TOP' | 'HIGH_MID' | 'LOW_MID' | 'LOW'
  /** Segments a day to T-Mobile, of all campaigns of the brand together. */
  tmobileDailyCap: number
  /** Segments a second, all carriers together. */
  mps: number
}

/** These are of the low class whatever the score. */
const smallUsecases = new Map([
  ['LOW_VOLUME', { mps: 3.75, attMps: 1.25, tmobileDailyCap: 2000 }],
  ['SOLE_PROPRIETOR', { mps: 1, attMps: 0.25, tmobileDailyCap: 1000 }],
  ['STARTER', { mps: 1, attMps: 0.25, tmobileDailyCap: 1000 }]
])

/** Several purposes under one campaign, which carriers trust less. */
const mixedUsecases = new Set(['MIXED', 'MARKETING'])

/** A brand without a score gets what the lowest one does. */
export function throughputOf(usecase: string, score: number | null): Throughput {
  const small = smallUsecases.get(usecase)
  if (small !== undefined) return { attMessageClass: 'T', tmobileTier: 'LOW', ...small }
  const isMixed = mixedUsecases.has(usecase)
  const { tmobileTier, tmobileDailyCap } = tmobile(score ?? 0)
  if ((score ?? 0) >= 75) {
    return {
      attMessageClass: isMixed ? 'B' : 'A',
      attMps: 75,
      mps: 225,
      tmobileTier,
      tmobileDailyCap
    }
  }
  if ((score ?? 0) >= 50) {
    return {
      attMessageClass: isMixed ? 'D' : 'C',
      attMps: 40,
      mps: 120,
      tmobileTier,
      tmobileDailyCap
    }
  }
  return { attMessageClass: isMixed ? 'F' : 'E', attMps: 4, mps: 12, tmobileTier, tmobileDailyCap }
}

function tmobile(score: number): Pick<Throughput, 'tmobileTier' | 'tmobileDailyCap'> {
  if (score >= 75) return { tmobileTier: 'TOP', tmobileDailyCap: 200_000 }
  if (score >= 50) return { tmobileTier: 'HIGH_MID', tmobileDailyCap: 40_000 }
  if (score >= 25) return { tmobileTier: 'LOW_MID', tmobileDailyCap: 10_000 }
  return { tmobileTier: 'LOW', tmobileDailyCap: 2000 }
}
