import type { Transaction } from './database.ts'

/** Work to be done, published to a lane. */
export interface NewEntry {
  lane: string
  /** Lanes are fair between the values of this key: a flood of one bearer does not starve another. */
  fairnessKey: number
  /**
   * Entries of one lane with the same order key are handled one at a time. An entry published while another
   * with its key waits is merged into it, and due at the earlier of their two times; one published while it
   * runs has it handled once more afterwards. The payload names *what* to look at, not what happened.
   */
  orderKey?: string | undefined
  /** A reference (an id), not the thing itself. */
  payload: string
  /** Not before this time; at once when absent. */
  dueAt?: number | undefined
}

/** A claimed entry. Until its lease ends it is this worker's alone. */
export interface Entry {
  readonly id: number
  readonly lane: string
  readonly fairnessKey: number
  readonly payload: string
  /** Failed attempts so far. */
  readonly attempts: number
  readonly createdAt: number
  /** When the claim ends by itself and another worker may take the entry. */
  readonly leaseEndsAt: number
  /** Of the latest claim: the queue renews it when it claims again what is still in work. */
  claimToken: string
  readonly wakeups: number
}

/** What became of an entry. A retry counts as a failed attempt unless it is a mere postponement. */
export type Verdict =
  | { entry: Entry; outcome: 'done' }
  | { entry: Entry; outcome: 'retry'; at: number; countsAsAttempt: boolean }
  | { entry: Entry; outcome: 'dead'; error: string }

export interface ConsumeOptions {
  /** Most entries handed over at once. */
  batchSize: number
  /** Most entries claimed and not yet settled, over all batches. */
  maxInFlight: number
  /** Most of those of one fairness key, so that one slow tenant never holds every place. */
  maxInFlightPerKey?: number
  /**
   * Most batches in the handler's hands. What a handler can only take one after another grows into larger
   * batches while it waits.
   */
  maxBatches?: number
  /** Claims at once instead of a moment later, and looks more often for what other processes published. */
  urgent?: boolean
}

/**
 * Must settle every entry of the batch, at once or later. After a rejection the unsettled ones are handed over
 * once more, each alone, so that one poisonous entry does not fail its neighbours; one that is rejected alone
 * is retried with backoff, and after many times it is a dead letter.
 */
export type BatchHandler = (batch: Entry[]) => Promise<void>

export interface Consumer {
  /** Stops claiming and resolves when everything claimed is settled, or the grace is over and the rest handed back. */
  stop(graceMs: number): Promise<void>
}

export interface LaneState {
  lane: string
  depth: number
  /** When the entry that has been due longest became due. */
  oldestDueAt: number | undefined
}

/**
 * The port between features and whatever carries their work. It speaks of batches, leases and verdicts and
 * never of SQL, so that a distributed log can take the database's place; a transaction is passed through
 * unopened, for a carrier that can share it.
 */
export interface Queue {
  /** With a transaction the entries exist if and when it commits. */
  publish(entries: readonly NewEntry[], tx: Transaction): Promise<void>
  consume(lane: string, options: ConsumeOptions, handler: BatchHandler): Consumer
  /** With a transaction the verdicts hold if and when it commits. A verdict on a claim that was lost is ignored. */
  settle(verdicts: readonly Verdict[], tx: Transaction): Promise<void>
  /** Removes an entry that nobody works on yet. */
  withdraw(lane: string, orderKey: string, tx: Transaction): Promise<void>
  state(): Promise<LaneState[]>
}
