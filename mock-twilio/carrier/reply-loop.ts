/*
 * Two robots that answer each other: Twilio stops at 15 replies to one peer within 30 seconds.
 * https://www.twilio.com/docs/api/errors/14107
 */

/** When the latest replies were sent, by the two numbers. Plain data. */
export type ReplyTimes = Map<string, number[]>

const mostReplies = 15
const withinMs = 30_000
const mostPairs = 10_000

/** Counts one more reply, unless that were too many. */
export function mayReply(times: ReplyTimes, pair: string, now: number): boolean {
  const recent = (times.get(pair) ?? []).filter(at => at > now - withinMs)
  const isAllowed = recent.length < mostReplies
  if (isAllowed) recent.push(now)
  if (times.size >= mostPairs && !times.has(pair)) forgetOld(times, now)
  times.set(pair, recent)
  return isAllowed
}

function forgetOld(times: ReplyTimes, now: number): void {
  for (const [pair, sent] of times) {
    if ((sent.at(-1) ?? 0) <= now - withinMs) times.delete(pair)
  }
}
