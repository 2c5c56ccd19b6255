import { createHash, type Hash } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'

import { canonicalJson } from './canonical-json.ts'
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
  /** Only entries behind this seq. */
  after?: number | undefined
  /** Only entries ahead of this seq. */
  before?: number | undefined
  /** Virtual milliseconds: from then on, and until just before then. */
  since?: number | undefined
  until?: number | undefined
  limit?: number | undefined
  /** Which of the matching ones are given when there are more than the limit. */
  keep?: 'newest' | 'oldest' | undefined
}

export interface JournalPage {
  entries: JournalEntry[]
  /** The cursor of the following page: to be given as `before`, or as `after` when the oldest were kept. */
  next: { before: number } | { after: number } | undefined
}

export interface JournalOptions {
  retention?: number
  /** Keep the digest even of entries that are dropped. Costs a hash for each of them. */
  digest?: boolean
}

export interface JournalState {
  seq: number
  /** Of the entries that are dropped already. */
  dropped: { digest: string; isDigested: boolean }
  entries: JournalEntry[]
}

export interface NearMiss {
  entry: JournalEntry
  differs: { field: string; expected: unknown; found: unknown }[]
}

export type AwaitResult =
  | { found: true; entries: JournalEntry[] }
  | { found: false; entries: JournalEntry[]; near_misses: NearMiss[]; seen: Record<string, number> }

/** Every entry of every journal in the process, for those who collect evidence. */
export const journalEntries = channel('simulator:journal')

interface Waiter {
  match: JournalMatch
  missing: number
  done: () => void
}

export class Journal {
  readonly world: string
  readonly #clock: Pick<Clock, 'now'>
  readonly #retention: number
  readonly #digestsDropped: boolean
  #entries: JournalEntry[] = []
  #seq = 0
  #waiters: Waiter[] = []
  /** The chain of digests of what was dropped; '' as long as nothing was. */
  #droppedDigest = ''
  #isDigested = true
  /** Fed with the chain and with the entries up to a seq. */
  #hash: Hash | undefined
  #hashedSeq = 0
  #listener: ((entry: JournalEntry) => void) | undefined

  constructor(
    world: string,
    clock: Pick<Clock, 'now'>,
    { retention = 100_000, digest = false }: JournalOptions = {}
  ) {
    this.world = world
    this.#clock = clock
    this.#retention = retention
    this.#digestsDropped = digest
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
    if (this.#entries.length >= 2 * this.#retention) this.#dropOldest()
    if (this.#waiters.length > 0) this.#tellWaiters(entry)
    if (journalEntries.hasSubscribers) journalEntries.publish(entry)
    this.#listener?.(entry)
    return entry
  }

  /** The newest `limit` that match, or the oldest; always the oldest of them first. */
  list(filter: JournalFilter = {}): JournalEntry[] {
    const { limit = 1000, keep = 'newest' } = filter
    const found: JournalEntry[] = []
    const [least, most] = this.#range(filter)
    if (keep === 'oldest') {
      for (let index = least; index <= most && found.length < limit; index++) {
        const entry = this.#entries[index]
        if (entry !== undefined && passes(entry, filter)) found.push(entry)
      }
      return found
    }
    for (let index = most; index >= least && found.length < limit; index--) {
      const entry = this.#entries[index]
      if (entry !== undefined && passes(entry, filter)) found.push(entry)
    }
    return found.toReversed()
  }

  /** As `list`, and where to go on. */
  page(filter: JournalFilter): JournalPage {
    const { limit = 1000, keep = 'newest' } = filter
    const found = this.list({ ...filter, limit: limit + 1 })
    if (found.length <= limit) return { entries: found, next: undefined }
    const entries = keep === 'oldest' ? found.slice(0, limit) : found.slice(1)
    const edge = keep === 'oldest' ? entries.at(-1) : entries[0]
    if (edge === undefined) return { entries, next: undefined }
    return { entries, next: keep === 'oldest' ? { after: edge.seq } : { before: edge.seq } }
  }

  /**
   * SHA-256, in hexadecimal, of the lines of all entries ever: as long as none was dropped, that of the
   * export as NDJSON. Undefined when entries were dropped without the option `digest`.
   */
  digest(): string | undefined {
    if (!this.#isDigested) return undefined
    this.#hash ??= createHash('sha256').update(this.#droppedDigest)
    for (let index = this.#indexOf(this.#hashedSeq + 1); index < this.#entries.length; index++) {
      this.#hash.update(lineOf(this.#entries[index]))
    }
    this.#hashedSeq = this.#seq
    return this.#hash.copy().digest('hex')
  }

  save(): JournalState {
    return {
      seq: this.#seq,
      dropped: { digest: this.#droppedDigest, isDigested: this.#isDigested },
      entries: [...this.#entries]
    }
  }

  /** Takes the place of all that was there. Who waits goes on waiting for what is appended. */
  restore({ seq, dropped, entries }: JournalState): void {
    this.#seq = seq
    this.#entries = [...entries]
    this.#droppedDigest = dropped.digest
    this.#isDigested = dropped.isDigested
    this.#hash = undefined
    this.#hashedSeq = 0
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

  /** Where an entry stands, or would stand: they are numbered without a gap. */
  #indexOf(seq: number): number {
    const first = this.#entries[0]?.seq ?? seq
    return Math.max(0, seq - first)
  }

  #range({ after = 0, before = Number.POSITIVE_INFINITY }: JournalFilter): [number, number] {
    const last = this.#entries.length - 1
    const most = before > this.#seq ? last : this.#indexOf(before) - 1
    return [this.#indexOf(after + 1), Math.min(last, most)]
  }

  #dropOldest(): void {
    const dropped = this.#entries.splice(0, this.#retention)
    this.#hash = undefined
    this.#hashedSeq = 0
    this.#isDigested &&= this.#digestsDropped
    if (!this.#isDigested) return
    const hash = createHash('sha256').update(this.#droppedDigest)
    for (const entry of dropped) hash.update(lineOf(entry))
    this.#droppedDigest = hash.digest('hex')
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

/** One line of the export as NDJSON. */
export function lineOf(entry: JournalEntry | undefined): string {
  return `${canonicalJson(entry)}\n`
}

function passes(entry: JournalEntry, { match, since, until }: JournalFilter): boolean {
  if (since !== undefined && entry.at < since) return false
  if (until !== undefined && entry.at >= until) return false
  return match === undefined || matches(entry, match)
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
  const value = entry[field]
  // A query brings text where the entry has a number: status=201, code=11200.
  return value === expected || (typeof value === 'number' && String(value) === expected)
}

function found(entry: JournalEntry, field: string): unknown {
  if (field === 'number') return [entry['from'], entry['to'], entry['number']].filter(Boolean)
  if (field === 'body_contains') return entry['body']
  return entry[field]
}
