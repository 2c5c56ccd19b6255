/** A timer that has not fired yet. */
export interface Timer {
  cancel(): void
}

/**
 * The only source of time in the server. Live it is the system's; offline it is the simulator's virtual
 * clock, so that a retry schedule of 24 hours is tested in milliseconds. `now` is milliseconds since the epoch.
 */
export interface Clock {
  now(): number
  setTimer(delayMs: number, action: () => void): Timer
  /**
   * Says that work is under way which takes no time of this clock; a virtual clock is not advanced past it until
   * what is returned is called. The system's clock waits for nobody.
   */
  hold?(): () => void
}

/** The longest delay that Node's timers keep; a longer one is waited for in steps. */
const longestStepMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(delayMs, action) {
    let handle: NodeJS.Timeout
    const wait = (remainingMs: number): void => {
      const stepMs = Math.min(Math.max(remainingMs, 0), longestStepMs)
      handle = setTimeout(() => {
        if (remainingMs > stepMs) wait(remainingMs - stepMs)
        else action()
      }, stepMs)
      handle.unref()
    }
    wait(delayMs)
    return { cancel: () => clearTimeout(handle) }
  }
}

/**
 * Runs an action every so many *real* milliseconds, whatever the clock says: for work that watches other
 * processes (polling a shared database), which must go on while virtual time stands still.
 */
export function everyRealMs(intervalMs: number, action: () => void): Timer {
  const handle = setInterval(action, intervalMs)
  handle.unref()
  return { cancel: () => clearInterval(handle) }
}

/** Resolves after so many *real* milliseconds; for the few waits on other processes' work. */
export function realPause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms).unref())
}

/** Monotonic real milliseconds, for measuring how long something took. */
export const stopwatch = (): number => performance.now()

/** An ISO 8601 UTC timestamp, as every timestamp on the wire is written. */
export function isoTime(ms: number): string {
  if (ms !== latest.ms) latest = { ms, text: new Date(ms).toISOString() }
  return latest.text
}

/** Neighbours in time are often the same: what one transaction writes bears one time. */
let latest = { ms: 0, text: new Date(0).toISOString() }
