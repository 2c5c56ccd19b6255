/** Exponential backoff: `baseMs`, doubled with every failed attempt, at most `maxMs`, with ±20 % of jitter. */
export function backoffMs(
  attempts: number,
  { baseMs = 500, maxMs = 60_000, random = Math.random } = {}
): number {
  return withJitter(Math.min(baseMs * 2 ** attempts, maxMs), random)
}

/** Spreads a wait by ±20 %, so that what failed together does not come back together. */
export function withJitter(waitMs: number, random: () => number = Math.random): number {
  return Math.round(waitMs * (0.8 + 0.4 * random()))
}
