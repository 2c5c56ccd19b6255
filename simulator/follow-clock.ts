import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

import type { VirtualClock } from './clock.ts'

/*
 * Two mocks in processes of their own live at one time: one of them follows the clock that the other one shows at
 * /_mock/clock. Between two looks it may lag behind.
 */

export interface ClockFollower {
  /** Looks once, and goes to where the other clock stands. */
  look: () => Promise<void>
  stop: () => void
}

/** What the other clock shows of itself. */
const ClockState = Type.Object({
  mode: Type.Union([Type.Literal('real'), Type.Literal('frozen'), Type.Literal('rate')]),
  rate: Type.Number(),
  now_ms: Type.Number()
})

/** Less than this is the network's doing. */
const tolerableMs = 100

export function followClock(clock: VirtualClock, url: string, everyMs = 250): ClockFollower {
  let isLooking = false
  const look = async (): Promise<void> => {
    const answer = await fetch(url)
    const state = Value.Decode(ClockState, await answer.json())
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
