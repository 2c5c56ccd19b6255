import { parseDuration } from './duration.ts'
import { TimerHeap, type ScheduledTimer } from './timer-heap.ts'

/*
 * The simulator's time. Everything that waits, waits on a clock, so that a retry schedule of a whole day
 * can be lived through in milliseconds, and so that one seed gives one history.
 *
 *   real    time passes at the wall's pace, from where the clock stands
 *   rate    time passes at `rate` times the wall's pace
 *   frozen  time stands still until somebody advances it
 *
 * Time never turns back by itself: a clock that was advanced by an hour and then set to run `real` stays an
 * hour ahead of the wall until it is `set`.
 */

export type ClockMode = 'real' | 'frozen' | 'rate'

export interface Timer {
  cancel(): void
}

export interface Clock {
  now(): number
  setTimer(delayMs: number, action: () => void): Timer
}

export interface ClockState {
  mode: ClockMode
  rate: number
  now: string
  now_ms: number
}

export interface VirtualClockOptions {
  mode?: ClockMode
  rate?: number
  /** Where the clock starts, in milliseconds of the epoch. The wall's time when absent. */
  start?: number
  /** How long, in real milliseconds, `advance` waits for a hold that nobody releases. */
  holdLimitMs?: number
}

/** The longest delay that setTimeout takes; a longer one fires at once. */
const longestRealDelayMs = 2 ** 31 - 1

export class VirtualClock implements Clock {
  readonly #timers = new TimerHeap()
  readonly #holdLimitMs: number
  #mode: ClockMode
  #rate: number
  #anchorVirtual: number
  #anchorReal: number
  #held = 0
  #onReleased: (() => void) | undefined
  #advancing = false
  #queue: Promise<unknown> = Promise.resolve()
  #wakeUp: NodeJS.Timeout | undefined
  #wakeUpAt = Number.POSITIVE_INFINITY

  constructor({ mode = 'real', rate = 1, start, holdLimitMs = 20_000 }: VirtualClockOptions = {}) {
    this.#anchorReal = Date.now()
    this.#anchorVirtual = start ?? this.#anchorReal
    this.#mode = mode
    this.#rate = checkedRate(mode === 'rate' ? rate : 1)
    this.#holdLimitMs = holdLimitMs
  }

  now(): number {
    if (this.#mode === 'frozen' || this.#advancing) return this.#anchorVirtual
    const passed = (Date.now() - this.#anchorReal) * this.#rate
    return Math.min(endOfTime, Math.floor(this.#anchorVirtual + Math.max(0, passed)))
  }

  setTimer(delayMs: number, action: () => void): Timer {
    const timer = this.#timers.push(this.now() + Math.max(0, delayMs), action)
    if (timer.at < this.#wakeUpAt) this.#schedule()
    return timer
  }

  /**
   * Marks work that a timer began and that still goes on, such as a callback in flight: `advance` does not
   * move past it. Call what is returned when the work is done; calling it twice does no harm.
   */
  hold(): () => void {
    let released = false
    this.#held++
    return () => {
      if (released) return
      released = true
      this.#held--
      if (this.#held === 0) this.#onReleased?.()
    }
  }

  set(ms: number): void {
    if (!isTime(ms)) throw new RangeError(`a clock is set to a time from 1970 to 9999, got ${ms}`)
    this.#anchor(ms)
    this.#schedule()
  }

  setMode(mode: ClockMode, rate?: number): void {
    const nextRate = checkedRate(mode === 'rate' ? (rate ?? this.#rate) : 1)
    this.#anchor(this.now())
    this.#mode = mode
    this.#rate = nextRate
    this.#schedule()
  }

  /**
   * Moves time forward, firing every timer that comes due on the way, in the order of time, each seeing its
   * own due time as now. Takes milliseconds or words: `PT3M`, `3 min`, `24 h`. Calls queue up behind each
   * other. An action that throws ends the advance there: it is a bug, and the caller sees it.
   */
  advance(duration: number | string): Promise<void> {
    const ms = typeof duration === 'number' ? duration : parseDuration(duration)
    if (!(ms >= 0)) throw new RangeError(`time is advanced by 0 ms or more, got ${duration}`)
    if (!isTime(this.now() + ms)) {
      throw new RangeError(`time ends with the year 9999, and does not advance by ${duration}`)
    }
    const turn = this.#queue.then(() => this.#advanceBy(ms))
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  describe(): ClockState {
    const now = this.now()
    return { mode: this.#mode, rate: this.#rate, now: new Date(now).toISOString(), now_ms: now }
  }

  /** Whether something goes on that time does not pass over. */
  get isHeld(): boolean {
    return this.#held > 0
  }

  get isFrozen(): boolean {
    return this.#mode === 'frozen'
  }

  /** When the next timer is due, in virtual milliseconds. */
  get nextDueAt(): number | undefined {
    return this.#timers.peek()?.at
  }

  get pendingTimers(): number {
    return this.#timers.size
  }

  /** Forgets every timer and lets the process end. */
  stop(): void {
    this.#timers.clear()
    this.#schedule()
  }

  async #advanceBy(ms: number): Promise<void> {
    this.#anchor(this.now())
    this.#advancing = true
    this.#schedule()
    const target = this.#anchorVirtual + ms
    try {
      await this.#settle()
      for (let next = this.#timers.peek(); next !== undefined; next = this.#timers.peek()) {
        if (next.at > target) break
        const isNewInstant = next.at > this.#anchorVirtual
        if (isNewInstant) this.#anchorVirtual = next.at
        this.#fire(next)
        const following = this.#timers.peek()
        if (this.#held > 0 || following === undefined || following.at > this.#anchorVirtual) {
          await this.#settle()
        }
      }
      this.#anchorVirtual = Math.max(this.#anchorVirtual, target)
    } finally {
      this.#advancing = false
      this.#anchorReal = Date.now()
      this.#schedule()
    }
  }

  /** Lets promises that a timer started run on, then waits until nothing is held, within the bound. */
  async #settle(): Promise<void> {
    await nextTurn()
    while (this.#held > 0) {
      const released = await this.#untilReleased()
      if (!released) return
      await nextTurn()
    }
  }

  #untilReleased(): Promise<boolean> {
    return new Promise(resolve => {
      const limit = setTimeout(() => finish(false), this.#holdLimitMs)
      const finish = (released: boolean) => {
        clearTimeout(limit)
        this.#onReleased = undefined
        resolve(released)
      }
      this.#onReleased = () => finish(true)
    })
  }

  #fire(timer: ScheduledTimer): void {
    this.#timers.pop()
    timer.action()
  }

  #anchor(virtual: number): void {
    this.#anchorVirtual = virtual
    this.#anchorReal = Date.now()
  }

  /** One real timer for the next due one; none while time stands still or somebody moves it by hand. */
  #schedule(): void {
    clearTimeout(this.#wakeUp)
    this.#wakeUp = undefined
    this.#wakeUpAt = Number.POSITIVE_INFINITY
    if (this.#mode === 'frozen' || this.#advancing) return
    const next = this.#timers.peek()
    if (next === undefined) return
    const realDelay = Math.ceil(Math.max(0, next.at - this.now()) / this.#rate)
    this.#wakeUpAt = next.at
    this.#wakeUp = setTimeout(() => this.#wake(), Math.min(realDelay, longestRealDelayMs))
  }

  #wake(): void {
    this.#wakeUpAt = Number.NEGATIVE_INFINITY
    try {
      const now = this.now()
      for (let next = this.#timers.peek(); next !== undefined; next = this.#timers.peek()) {
        if (next.at > now) break
        this.#fire(next)
      }
    } finally {
      this.#schedule()
    }
  }
}

/** A span of the wall's time, for limits on real connections and real waits. */
export function afterRealTime(ms: number, action: () => void): Timer {
  const handle = setTimeout(action, ms)
  return { cancel: () => clearTimeout(handle) }
}

/** Beyond, dates have no four-digit year, and later no name at all. */
const endOfTime = Date.UTC(10_000, 0) - 1

/** The time of somebody whose clock is that far ahead, as far as there is such a time. */
export function aheadBy(offsetMs: number, now: number): number {
  return Math.min(endOfTime, Math.max(0, now + offsetMs))
}

/** Further than this no time is from another one. */
export const mostOffsetMs = endOfTime

function isTime(ms: number): boolean {
  return ms >= 0 && ms <= endOfTime
}

const highestRate = 1_000_000_000

function checkedRate(rate: number): number {
  if (!(rate > 0 && rate <= highestRate)) {
    throw new RangeError(`a clock's rate is above 0 and at most ${highestRate}, got ${rate}`)
  }
  return rate
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}
