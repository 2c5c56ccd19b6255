import type { HandsetOutcome } from './outcome.ts'

/** The people outside who have a character of their own. */
export class Handsets {
  has(_phoneNumber: string): boolean {
    return false
  }

  outcomeOf(_phoneNumber: string, _now: number): HandsetOutcome | undefined {
    return undefined
  }
}
