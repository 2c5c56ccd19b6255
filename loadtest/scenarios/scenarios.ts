import type { Scenario } from '../lab/lab.ts'
import { fanOut } from './announcement-fan-out.ts'
import { messageBurst } from './message-burst.ts'
import { failingClient, slowClient } from './misbehaving-client.ts'
import { priorityUnderFlood } from './priority-under-flood.ts'
import { callbackStorm, providerBrownOut } from './provider-trouble.ts'
import { recipientsStream } from './recipients-stream.ts'

const fanOut1k = fanOut('1k', 1_000)
const fanOut10k = fanOut('10k', 10_000)
const fanOut100k = fanOut('100k', 100_000)

/** What `npm run load` runs when nothing is named. */
export const usualScenarios: readonly Scenario[] = [
  fanOut1k,
  fanOut10k,
  messageBurst,
  priorityUnderFlood,
  slowClient,
  failingClient,
  providerBrownOut,
  callbackStorm,
  recipientsStream
]

/** What `--quick` runs. */
export const quickScenarios: readonly Scenario[] = [
  fanOut1k,
  messageBurst,
  priorityUnderFlood,
  providerBrownOut,
  recipientsStream
]

export const allScenarios: readonly Scenario[] = [...usualScenarios, fanOut100k]
