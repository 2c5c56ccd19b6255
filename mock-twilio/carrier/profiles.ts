import type { Profile } from '../seeds.ts'
import type { Spread } from './chance.ts'
import type { Outcome } from './outcome.ts'

/** How long each step of a message takes, in milliseconds. */
interface Timing {
  /** accepted → queued */
  senderChoice: Spread
  /** queued → sending */
  dispatch: Spread
  /** sending → sent */
  handOver: Spread
  /** sent → delivered or undelivered */
  receipt: Spread
}

export interface CarrierProfile {
  timing: Timing
  /** Shares of all messages, drawn from the seed; the rest is delivered. */
  troubles: readonly { share: number; outcome: Outcome }[]
  /** Whether carriers look into the texts. */
  isFiltering: boolean
  /** Whether senders have the throughput of real ones, where the world does not say. */
  isThrottled: boolean
}

const usualTiming: Timing = {
  senderChoice: evenly(20, 100),
  dispatch: evenly(100, 500),
  handOver: evenly(100, 500),
  receipt: evenly(500, 5000)
}

const noTiming: Timing = { senderChoice: [], dispatch: [], handOver: [], receipt: [] }

const calm = { troubles: [], isFiltering: false, isThrottled: false }

export const profiles: Record<Profile, CarrierProfile> = {
  reliable: { ...calm, timing: usualTiming },
  instant: { ...calm, timing: noTiming },
  rough: {
    ...calm,
    timing: { ...usualTiming, dispatch: evenly(100, 5000), receipt: evenly(500, 60_000) },
    troubles: [
      { share: 0.02, outcome: { status: 'undelivered', errorCode: 30003 } },
      { share: 0.01, outcome: { status: 'undelivered', errorCode: 30005 } },
      { share: 0.01, outcome: { status: 'undelivered', errorCode: 30006 } },
      { share: 0.01, outcome: { status: 'undelivered', errorCode: 30007 } },
      { share: 0.005, outcome: { status: 'failed', errorCode: 30410 } },
      { share: 0.01, outcome: { status: 'sent' } }
    ]
  },
  // No carrier publishes its figures: a median of seconds, a tail of minutes and a rare hour are what operators
  // tell of, and so are the shares.
  realistic: {
    isFiltering: true,
    isThrottled: true,
    timing: {
      senderChoice: spread(20, 60, 150, 400, 2000),
      dispatch: spread(20, 120, 400, 1500, 10_000),
      handOver: spread(50, 250, 800, 3000, 20_000),
      receipt: spread(400, 2500, 9000, 60_000, 3_600_000)
    },
    troubles: [
      { share: 0.012, outcome: { status: 'undelivered', errorCode: 30003 } },
      { share: 0.002, outcome: { status: 'undelivered', errorCode: 30004 } },
      { share: 0.006, outcome: { status: 'undelivered', errorCode: 30005 } },
      { share: 0.008, outcome: { status: 'undelivered', errorCode: 30006 } },
      { share: 0.003, outcome: { status: 'undelivered', errorCode: 30008 } },
      { share: 0.0005, outcome: { status: 'undelivered', errorCode: 30017 } },
      { share: 0.0005, outcome: { status: 'failed', errorCode: 30410 } },
      { share: 0.005, outcome: { status: 'sent' } }
    ]
  }
}

export function outcomeOfProfile(profile: CarrierProfile, fraction: number): Outcome {
  let passed = 0
  for (const { share, outcome } of profile.troubles) {
    passed += share
    if (fraction < passed) return outcome
  }
  return delivered
}

const delivered: Outcome = { status: 'delivered' }

function evenly(least: number, most: number): Spread {
  return [
    [0, least],
    [1, most]
  ]
}

/** By the quickest, the median, the 90th and the 99th of a hundred, and the slowest of all. */
function spread(least: number, median: number, p90: number, p99: number, most: number): Spread {
  return [
    [0, least],
    [0.5, median],
    [0.9, p90],
    [0.99, p99],
    [0.9995, p99 + (most - p99) / 10],
    [1, most]
  ]
}
