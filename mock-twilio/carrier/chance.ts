/**
 * Chance that belongs to one step of one message, at least 0 and below 1. The sid is random already and comes
 * from the world's seed, so mixing eight of its digits with the step is enough, and a world that was written
 * down and taken up again goes on as it would have.
 */
export function chanceOf(sid: string, step: keyof typeof salts): number {
  const salt = salts[step]
  const start = 2 + 8 * (salt & 3)
  let word = Number.parseInt(sid.slice(start, start + 8), 16) ^ Math.imul(salt, 0x9e37_79b9)
  word = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35)
  return ((word ^ (word >>> 16)) >>> 0) / 4_294_967_296
}

const salts = {
  senderChoice: 1,
  dispatch: 2,
  handOver: 3,
  receipt: 4,
  outcome: 5,
  content: 6
} as const

/**
 * How long something takes, by quantiles: of all cases the share takes at most so many milliseconds. Between
 * two points the line is straight. A list of two points is an even spread.
 */
export type Spread = readonly (readonly [share: number, ms: number])[]

export function drawFrom(spread: Spread, fraction: number): number {
  let [lowerShare, lowerMs] = spread[0] ?? [0, 0]
  for (const [share, ms] of spread) {
    if (fraction < share) {
      const way = (fraction - lowerShare) / (share - lowerShare)
      return Math.round(lowerMs + way * (ms - lowerMs))
    }
    lowerShare = share
    lowerMs = ms
  }
  return lowerMs
}
