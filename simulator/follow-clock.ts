import type { ClockState, VirtualClock } from './clock.ts'

/*
 * Two mocks in processes of their own live at one time: one of them follows the clock that the other one shows at
 * /_mock/clock. Between two looks it may lag behind.
 */

export interface ClockFollower {
  /** Looks once, and goes to where the other clock stands. */
  look: () => Promise<void>
  stop: () => void
}

/** Less than this is the network's doing. */
const tolerableMs = 100

export function followClock(clock: VirtualClock, url: string, everyMs = 250): ClockFollower {
  let isLooking = false
  const look = async (): Promise<void> => {
    const answer = await fetch(url)
    const state: ClockState = JSON.parse(await answer.text())
    const { mode, rate } = clock.describe()
    if (mode !== state.mode || rate !== state.rate) clock.setMode(state.mode, state.rate)
    const ahead = state.now_ms - clock.now()
    // What comes due on the way happens in order.
    if (ahead > tolerableMs) await clock.advance(ahead)
    else if (ahead < -tolerableMs) clock.set(state.now_ms)
  }
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    // The other one may not have started yet, or be gone: time goes on by itself then.
    void look()
      .catch(() => undefined)
      .finally(() => {
        isLooking = false
      })
  }, everyMs)
  return { look, stop: () => clearInterval(timer) }
}
