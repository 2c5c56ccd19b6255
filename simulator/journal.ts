import { afterRealTime, type Clock } from './clock.ts'

/*
 * What happened in one world, in order, for tests and people to ask about. Entries are written once and
 * never changed. The journal keeps at least `retention` of the newest and at most twice as many.
 */

export interface JournalEntry {
  readonly seq: number
  /** Virtual milliseconds of the epoch. */
  readonly at: number
  readonly world: string
  readonly kind: string
  readonly [field: string]: unknown
}

export interface JournalFields {
  readonly kind: string
  readonly [field: string]: unknown
}

/**
 * Every field of a match must equal the entry's. Three are special: `number` is found in from, to or number,
 * `body_contains` looks into body, and a kind that ends in `.` stands for all kinds that begin so.
 */
export type JournalMatch = Readonly<Record<string, unknown>>

export interface JournalFilter {
  match?: JournalMatch
  after?: number
  limit?: number
}

export interface NearMiss {
  entry: JournalEntry
  differs: { field: string; expected: unknown; found: unknown }[]
}

export type AwaitResult =
  | { found: true; entries: JournalEntry[] }
  | { found: false; entries: JournalEntry[]; near_misses: NearMiss[]; seen: Record<string, number> }

interface Waiter {
  match: JournalMatch
  missing: number
  done: () => void
}

export class Journal {
  readonly world: string
  readonly #clock: Clock
  readonly #retention: number
  #entries: JournalEntry[] = []
  #seq = 0
  #waiters: Waiter[] = []
  #listener: ((entry: JournalEntry) => void) | undefined

  constructor(world: string, clock: Clock, retention = 100_000) {
    this.world = world
    this.#clock = clock
    this.#retention = retention
  }

  get lastSeq(): number {
    return this.#seq
  }

  /** Tells one listener of every entry as it is written, since the journal keeps only the newest. */
  listen(listener: (entry: JournalEntry) => void): void {
    this.#listener = listener
  }

  append(fields: JournalFields): JournalEntry {
    const entry: JournalEntry = {
      seq: ++this.#seq,
      at: this.#clock.now(),
      world: this.world,
      ...fields
    }
    this.#entries.push(entry)
    if (this.#entries.length >= 2 * this.#retention) this.#entries.splice(0, this.#retention)
    if (this.#waiters.length > 0) this.#tellWaiters(entry)
    this.#listener?.(entry)
    return entry
  }

  /** The newest `limit` that match, oldest of them first. */
  list({ match = {}, after = 0, limit = 1000 }: JournalFilter = {}): JournalEntry[] {
    const found: JournalEntry[] = []
    for (let index = this.#entries.length - 1; index >= 0 && found.length < limit; index--) {
      const entry = this.#entries[index]
      if (entry === undefined || entry.seq <= after) break
      if (matches(entry, match)) found.push(entry)
    }
    return found.toReversed()
  }

  /** Waits, in real time, until `count` entries after `after` match; counts those already there. */
  await(match: JournalMatch, count = 1, timeoutMs = 5000, after = 0): Promise<AwaitResult> {
    const present = this.#matching(match, after)
    if (present.length >= count) return Promise.resolve({ found: true, entries: present })
    return new Promise(resolve => {
      const finish = (found: boolean) => {
        limit.cancel()
        this.#waiters = this.#waiters.filter(other => other !== waiter)
        const entries = this.#matching(match, after)
        resolve(
          found
            ? { found, entries }
            : {
                found,
                entries,
                near_misses: this.#nearMisses(match, after),
                seen: this.#seen(after)
              }
        )
      }
      const waiter = { match, missing: count - present.length, done: () => finish(true) }
      const limit = afterRealTime(timeoutMs, () => finish(false))
      this.#waiters.push(waiter)
    })
  }

  #matching(match: JournalMatch, after: number): JournalEntry[] {
    return this.list({ match, after, limit: Number.POSITIVE_INFINITY })
  }

  #tellWaiters(entry: JournalEntry): void {
    for (const waiter of this.#waiters) {
      if (!matches(entry, waiter.match)) continue
      waiter.missing--
      if (waiter.missing <= 0) waiter.done()
    }
  }

  /** The entries that came closest, and in which fields they differ. */
  #nearMisses(match: JournalMatch, after: number): NearMiss[] {
    const fields = Object.keys(match)
    const candidates = this.list({ after, limit: 10_000 })
      .map(entry => ({ entry, differs: differences(entry, match) }))
      .filter(({ differs }) => differs.length > 0 && differs.length < Math.max(2, fields.length))
    const closest = candidates.toSorted(
      (a, b) => a.differs.length - b.differs.length || b.entry.seq - a.entry.seq
    )
    return closest.slice(0, 5)
  }

  #seen(after: number): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { kind } of this.list({ after, limit: 10_000 }))
      counts[kind] = (counts[kind] ?? 0) + 1
    return counts
  }
}

function matches(entry: JournalEntry, match: JournalMatch): boolean {
  for (const field in match) {
    if (!fieldMatches(entry, field, match[field])) return false
  }
  return true
}

function differences(entry: JournalEntry, match: JournalMatch): NearMiss['differs'] {
  return Object.entries(match)
    .filter(([field, expected]) => !fieldMatches(entry, field, expected))
    .map(([field, expected]) => ({ field, expected, found: found(entry, field) }))
}

function fieldMatches(entry: JournalEntry, field: string, expected: unknown): boolean {
  if (expected === undefined) return true
  if (field === 'number') {
    return entry['from'] === expected || entry['to'] === expected || entry['number'] === expected
  }
  if (field === 'body_contains') {
    const body = entry['body']
    return typeof body === 'string' && typeof expected === 'string' && body.includes(expected)
  }
  if (field === 'kind' && typeof expected === 'string' && expected.endsWith('.')) {
    return entry.kind.startsWith(expected)
  }
  return entry[field] === expected
}

function found(entry: JournalEntry, field: string): unknown {
  if (field === 'number') return [entry['from'], entry['to'], entry['number']].filter(Boolean)
  if (field === 'body_contains') return entry['body']
  return entry[field]
}
