import type { Transaction } from '../../platform/database.ts'
import type {
  CallbackDeps,
  Outcomes,
  StoredCallback
} from '../provider-callbacks/process-callbacks.ts'
import { recordFacts } from './session-facts.ts'
import { readEvent } from './zoom-event.ts'

/** Adds what Zoom's events say to what is known of our calls. */
export async function applySessionEvents(
  deps: CallbackDeps,
  tx: Transaction,
  callbacks: StoredCallback[]
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map()
  const told = callbacks.flatMap(({ id, body }) => {
    const fact = readEvent(body)
    if (fact) return [{ id, fact }]
    outcomes.set(id, 'ignored')
    return []
  })
  const isOurs = await recordFacts(
    deps,
    tx,
    told.map(({ fact }) => fact),
    deps.clock.now()
  )
  for (const [place, { id }] of told.entries())
    outcomes.set(id, isOurs[place] ? 'recorded' : 'unmatched')
  return outcomes
}
