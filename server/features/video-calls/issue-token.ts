import { tokenLifetimeSeconds } from '../../providers/zoom/session-token.ts'

/** Against clocks that are a little behind ours. */
const skewSeconds = 30

/**
 * From when until when a new token is good, in whole seconds since the epoch: until the call reaches its maximum
 * length where that is known, and within what the provider allows. A token lives for at least half an hour, so it
 * cannot end a shorter call: that is done by the worker.
 *
 * @param now milliseconds since the epoch
 * @param endAt milliseconds; undefined before the call has started
 */
export function tokenTimes(
  now: number,
  endAt: number | undefined,
  lifetimeMinutes: number
): { issuedAt: number; expiresAt: number } {
  const issuedAt = Math.floor(now / 1_000) - skewSeconds
  const wanted = endAt === undefined ? issuedAt + lifetimeMinutes * 60 : Math.ceil(endAt / 1_000)
  const { least, most } = tokenLifetimeSeconds
  return {
    issuedAt,
    expiresAt: Math.min(Math.max(wanted, issuedAt + least), issuedAt + most)
  }
}
