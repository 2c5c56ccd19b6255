import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { request } from 'undici'
import { type Clock, everyRealMs, stopwatch, systemClock, type Timer } from './clock.ts'

const ClockState = Type.Object({ mode: Type.String(), rate: Type.Number(), now_ms: Type.Number() })

interface WaitingTimer {
  dueAt: number
  action: () => void
  alarm: Timer | undefined
}

export interface FollowedClock extends Clock {
  stop(): void
}

/**
 * A clock led by another process: the simulator's. Asks it for its state several times a second and runs
 * on by itself in between, so that freezing, advancing or speeding up the simulator moves this process too.
 *
 * @param url where the leader tells its time: JSON `{mode, rate, now_ms}`
 */
export async function followClock(url: string, intervalMs = 100): Promise<FollowedClock> {
  let leaderNow = systemClock.now()
  let rate = 1
  let heardAt = stopwatch()
  const timers = new Set<WaitingTimer>()

  const now = (): number => Math.floor(leaderNow + (stopwatch() - heardAt) * rate)

  const arm = (timer: WaitingTimer): void => {
    timer.alarm?.cancel()
    timer.alarm = undefined
    const remainingMs = timer.dueAt - now()
    if (remainingMs <= 0) timer.alarm = systemClock.setTimer(0, () => fire(timer))
    else if (rate > 0) timer.alarm = systemClock.setTimer(remainingMs / rate, () => fire(timer))
  }
  const fire = (timer: WaitingTimer): void => {
    if (timer.dueAt > now()) return arm(timer)
    timers.delete(timer)
    timer.action()
  }

  const listen = async (): Promise<void> => {
    const answer = await request(url, { headersTimeout: 2_000, bodyTimeout: 2_000 })
    const state = Value.Decode(ClockState, await answer.body.json())
    const expected = now()
    const newRate = state.mode === 'frozen' ? 0 : state.rate
    // While time runs, timers correct themselves when they fire; while it stands, they only fire when armed.
    const tolerance = newRate === 0 ? 0 : intervalMs * newRate
    const moved = Math.abs(state.now_ms - expected) > tolerance || newRate !== rate
    leaderNow = state.now_ms
    rate = newRate
    heardAt = stopwatch()
    if (moved) for (const timer of timers) arm(timer)
  }

  await listen()
  let listening = false
  // A leader that cannot be heard for a moment is not an error: the clock runs on at its last rate. One
  // question at a time, so that a late answer never overtakes a newer one.
  const ear = everyRealMs(intervalMs, () => {
    if (listening) return
    listening = true
    listen()
      .catch(() => undefined)
      .finally(() => (listening = false))
  })

  return {
    now,
    setTimer(delayMs, action) {
      const timer: WaitingTimer = { dueAt: now() + delayMs, action, alarm: undefined }
      timers.add(timer)
      arm(timer)
      return {
        cancel() {
          timer.alarm?.cancel()
          timers.delete(timer)
        }
      }
    },
    stop: () => ear.cancel()
  }
}
