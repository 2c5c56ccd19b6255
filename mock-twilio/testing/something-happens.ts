import type { MockTwilio } from '../app.ts'
import type { World } from '../world.ts'

/**
 * Whether anything can still happen before the limit, after it has: in virtual time, the next thing that is
 * due; where nothing is, or time runs by itself, what the journal tells next.
 */
export async function somethingHappens(
  { clock }: MockTwilio,
  world: World,
  { limit, lastSeq }: { limit: number; lastSeq: number }
): Promise<boolean> {
  const { mode, rate } = clock.describe()
  const left = limit - clock.now()
  if (mode !== 'frozen') {
    if (left <= 0) return false
    return hears(world, lastSeq, Math.ceil(left / rate))
  }
  const next = clock.nextDueAt
  if (next !== undefined && next <= limit) {
    await clock.advance(Math.max(0, next - clock.now()))
    return true
  }
  // An application of its own may still be about to send.
  if (await hears(world, lastSeq, patienceMs)) return true
  if (left > 0) await clock.advance(left)
  return false
}

/** Real milliseconds that are given to an application when nothing is due. */
const patienceMs = 100

async function hears(world: World, after: number, timeoutMs: number): Promise<boolean> {
  const { found } = await world.journal.await({}, 1, timeoutMs, after)
  return found
}
