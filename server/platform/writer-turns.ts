import { stopwatch } from './clock.ts'

/** After so long the event loop turns before another transaction begins: requests, answers and timers are heard. */
const longestWithoutTurnMs = 5

/**
 * Whose transaction is next in a SQLite file, which takes one at a time.
 *
 * Its statements run to their end where they are called, so transactions that wait for each other would
 * follow one another without the event loop ever turning. Here it turns between them, and what somebody waits
 * for at once goes before what may come a little later.
 */
export class WriterTurns {
  readonly #urgent: Waiter[] = []
  readonly #usual: Waiter[] = []
  #isTaken = false
  /** When this turn of the event loop was first seen; undefined when it is not known to be the same one. */
  #turnBeganAt: number | undefined

  async take<T>(work: () => Promise<T>, urgent: boolean): Promise<T> {
    if (this.#isTaken)
      await new Promise<void>(resolve => (urgent ? this.#urgent : this.#usual).push(resolve))
    this.#isTaken = true
    this.#noteTurn()
    try {
      return await work()
    } finally {
      void this.#passOn()
    }
  }

  async #passOn(): Promise<void> {
    if (stopwatch() - (this.#turnBeganAt ?? Number.POSITIVE_INFINITY) > longestWithoutTurnMs)
      await new Promise(resolve => setImmediate(resolve))
    const next = this.#urgent.shift() ?? this.#usual.shift()
    if (next) next()
    else this.#isTaken = false
  }

  #noteTurn(): void {
    if (this.#turnBeganAt !== undefined) return
    this.#turnBeganAt = stopwatch()
    setImmediate(() => {
      this.#turnBeganAt = undefined
    })
  }
}

type Waiter = () => void
