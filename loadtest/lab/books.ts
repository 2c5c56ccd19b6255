import { type Account, Accounts, type Expectation, type Heard, type Progress } from './accounts.ts'

/** What the outside world tells the measuring process. */
export interface Books {
  accounts: Account[]
  strangers: number
  /** Four times a second, while something happened. */
  progress: Progress[]
}

/** A high-priority message and the moment of its acceptance. */
export interface Overtaking {
  name: string
  place: number
  since: number
  overtaken: string
}

/** A run of recipients who are due later than was expected. */
export interface Postponement {
  name: string
  startedAt: number
}

/** The accounts of the outside world, and the questions about them; the product's world and the bare one keep the same. */
export function keepBooks(): {
  reached(number: string): void
  heard(event: Heard): void
  answers: Record<string, (argument: unknown) => unknown>
} {
  let accounts = new Accounts([])
  let progress: Progress[] = []
  let last: Progress | undefined
  setInterval(() => {
    const now = accounts.progress()
    if (now.atProvider !== last?.atProvider || now.told !== last.told) progress.push(now)
    last = now
  }, 250).unref()
  return {
    reached: number => accounts.reached(number),
    heard: event => accounts.heard(event),
    answers: {
      expect(expectations) {
        accounts = new Accounts(expectations as Expectation[])
        progress = []
      },
      postpone(argument) {
        const { name, startedAt } = argument as Postponement
        accounts.postponed(name, startedAt)
      },
      progress: () => accounts.progress(),
      books: (): Books => ({
        accounts: accounts.accounts(),
        strangers: accounts.strangers,
        progress
      }),
      overtaken: asked =>
        (asked as Overtaking[]).map(({ name, place, since, overtaken }) =>
          accounts.overtaken(name, place, since, overtaken)
        )
    }
  }
}
